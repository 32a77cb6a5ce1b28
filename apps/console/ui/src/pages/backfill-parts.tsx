import type { BackfillDetails } from '@chat-recall/client/types';
import { List, Stack, Title } from '@mantine/core';
import { PlaceId } from '../parts/quoted.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { useFormat } from '../words/format.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';

type Failed = BackfillDetails['failed'][number];

/** Why parts ended as they did, and those that could not be read. */
export function BackfillParts({ of: { notes, failed } }: { readonly of: BackfillDetails }) {
  const words = useWords();
  const format = useFormat();
  const language = useLanguage();
  const columns: readonly Column<Failed>[] = [
    {
      key: 'what',
      title: words.backfill.what,
      track: 'minmax(10rem, 1fr)',
      render: ({ groupId, topicId, hour }) =>
        groupId === null ? words.backfill.hour(hour ?? '') : <PlaceId groupId={groupId} topicId={topicId} />,
    },
    {
      key: 'why',
      title: words.backfill.why,
      track: 'minmax(12rem, 2fr)',
      render: ({ cause }) => cause?.[language] ?? '–',
    },
  ];
  return (
    <>
      {notes.length > 0 && (
        <section>
          <Title order={2} size="h4" mb="xs">
            {words.backfill.notes}
          </Title>
          <List size="sm">
            {notes.map((note) => (
              <List.Item key={note.en}>
                {format.number(note.count)} × {note[language]}
              </List.Item>
            ))}
          </List>
        </section>
      )}
      {failed.length > 0 && (
        <Stack component="section" gap="xs">
          <Title order={2} size="h4">
            {words.backfill.failed}
          </Title>
          <VirtualTable
            label={words.backfill.failed}
            columns={columns}
            rows={failed}
            rowKey={({ groupId, topicId, hour }) => JSON.stringify([groupId, topicId, hour])}
          />
        </Stack>
      )}
    </>
  );
}
