import type { ProtectedMessage, ProtectedSender } from '@chat-recall/client/types';
import { Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { request } from '../api/client.ts';
import { Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Id, PlaceId } from '../parts/quoted.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { useMay } from '../session/use-session.ts';
import { useWords } from '../words/index.ts';
import { Protect, Unprotect, type Field, type Kind } from './protect.tsx';

export function ProtectedPage() {
  const words = useWords();
  return (
    <Page title={words.protected.title}>
      <Text>{words.protected.intro}</Text>
      <Listed<ProtectedSender>
        kind="senders"
        fields={['sender', 'reason']}
        columns={[
          {
            key: 'sender',
            title: words.fields.sender,
            track: 'minmax(8rem, 1fr)',
            render: ({ sender }) => <Id of={sender} />,
          },
        ]}
        keyOf={({ sender }) => ({ sender })}
        nameOf={({ sender }) => sender}
      />
      <Listed<ProtectedMessage>
        kind="messages"
        fields={['groupId', 'topicId', 'msgSeq', 'reason']}
        columns={[
          {
            key: 'place',
            title: words.fields.group,
            track: 'minmax(8rem, 1fr)',
            render: (row) => <PlaceId {...row} />,
          },
          { key: 'sequence', title: words.fields.sequence, track: '6rem', render: ({ msgSeq }) => msgSeq },
        ]}
        keyOf={({ groupId, topicId, msgSeq }) => ({ groupId, topicId, msgSeq })}
        nameOf={({ groupId, msgSeq }) => `${groupId} #${msgSeq}`}
      />
    </Page>
  );
}

/** All of a kind that are protected, with what an admin does about them. */
function Listed<T extends ProtectedSender | ProtectedMessage>({
  kind,
  fields,
  columns,
  keyOf,
  nameOf,
}: {
  readonly kind: Kind;
  /** Of the form that adds one. */
  readonly fields: readonly Field[];
  /** What says which one it is; reason, person and time stand behind. */
  readonly columns: readonly Column<T>[];
  /** What the API knows it by. */
  readonly keyOf: (row: T) => object;
  /** What people know it by. */
  readonly nameOf: (row: T) => string;
}) {
  const words = useWords();
  const may = useMay();
  const found = useQuery({
    queryKey: ['protected', kind],
    queryFn: ({ signal }) => request<{ items: readonly T[] }>('GET', `/api/v1/protected/${kind}`, { signal }),
  });
  const column = (key: string, title: string, track: string, render: (row: T) => ReactNode): Column<T> => ({
    key,
    title,
    track,
    render,
  });
  return (
    <Stack component="section" gap="sm">
      <Title order={2} size="h4">
        {words.protected[kind]}
      </Title>
      {may.administer && <Protect kind={kind} fields={fields} />}
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      <VirtualTable
        label={words.protected[kind]}
        columns={[
          ...columns,
          column('reason', words.fields.reason, 'minmax(10rem, 2fr)', ({ reason }) => <bdi>{reason}</bdi>),
          column('by', words.fields.by, 'minmax(6rem, 1fr)', ({ createdBy }) => <bdi>{createdBy}</bdi>),
          column('at', words.fields.created, '11rem', ({ createdAt }) => <Time at={createdAt} />),
          column(
            'actions',
            words.fields.actions,
            '7rem',
            (row) => may.administer && <Unprotect kind={kind} what={nameOf(row)} body={keyOf(row)} />,
          ),
        ]}
        rows={found.data?.items ?? []}
        rowKey={(row) => JSON.stringify(keyOf(row))}
        loading={found.isLoading}
      />
    </Stack>
  );
}
