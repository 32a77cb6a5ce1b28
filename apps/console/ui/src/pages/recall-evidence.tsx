import { Button, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { request } from '../api/client.ts';
import type { Evidence, Page as PageOf } from '../api/types.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Id, PlaceId, Quoted } from '../parts/quoted.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { useWords } from '../words/index.ts';

/** Looking at it is recorded, so it is asked for by a click. */
export function EvidenceTab({ id }: { readonly id: string }) {
  const words = useWords();
  const [shown, show] = useState(false);
  const found = useInfiniteQuery({
    queryKey: ['recall', id, 'evidence'],
    enabled: shown,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      request<PageOf<Evidence>>('GET', `/api/v1/recalls/${id}/evidence`, {
        signal,
        query: { cursor: pageParam, limit: 100 },
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchOnWindowFocus: false,
  });
  const rows = useMemo(() => found.data?.pages.flatMap(({ items }) => items) ?? [], [found.data]);
  const columns: readonly Column<Evidence>[] = [
    { key: 'sent', title: words.fields.sent, track: '11rem', render: ({ sentAt }) => <Time at={sentAt} /> },
    {
      key: 'sender',
      title: words.fields.sender,
      track: 'minmax(7rem, 1fr)',
      render: ({ sender }) => <Id of={sender} />,
    },
    { key: 'place', title: words.fields.group, track: 'minmax(8rem, 1.2fr)', render: (row) => <PlaceId {...row} /> },
    { key: 'sequence', title: words.fields.sequence, track: '6rem', render: ({ msgSeq }) => msgSeq },
    {
      key: 'text',
      title: words.fields.text,
      track: 'minmax(12rem, 4fr)',
      render: ({ text }) => <Quoted text={text} />,
    },
    {
      key: 'recalled',
      title: words.recall.recalledAt,
      track: '11rem',
      render: ({ recalledAt }) => <Time at={recalledAt} />,
    },
  ];
  if (!shown) {
    return (
      <Stack align="start">
        <Text>{words.recall.evidenceNote}</Text>
        <Button variant="default" onClick={() => show(true)}>
          {words.recall.evidenceShow}
        </Button>
      </Stack>
    );
  }
  return (
    <Stack>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      <VirtualTable
        label={words.recall.evidenceList}
        columns={columns}
        rows={rows}
        rowKey={({ groupId, topicId, msgSeq }) => JSON.stringify([groupId, topicId, msgSeq])}
        hasMore={found.hasNextPage}
        loading={found.isFetching}
        onEnd={() => void found.fetchNextPage()}
      />
    </Stack>
  );
}
