import { Stack } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { request } from '../api/client.ts';
import type { Finding, Page as PageOf } from '../api/types.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Id, PlaceId, Quoted } from '../parts/quoted.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { useWords, type Words } from '../words/index.ts';

/** Looking at it is recorded: it is put on the page only when it is asked for. */
export function FindingsTable({ id }: { readonly id: string }) {
  const words = useWords();
  const found = useInfiniteQuery({
    queryKey: ['recall', id, 'findings'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      request<PageOf<Finding>>('GET', `/api/v1/recalls/${id}/findings`, {
        signal,
        query: { cursor: pageParam, limit: 100 },
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchOnWindowFocus: false,
  });
  const rows = useMemo(() => found.data?.pages.flatMap(({ items }) => items) ?? [], [found.data]);
  const columns = useMemo(() => columnsOf(words), [words]);
  return (
    <Stack>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      <VirtualTable
        label={words.check.findingsList}
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

function columnsOf(words: Words): readonly Column<Finding>[] {
  const idOf = (id: string | null) => (id === null ? '–' : <Id of={id} />);
  return [
    { key: 'place', title: words.fields.group, track: 'minmax(7rem, 1.2fr)', render: (row) => <PlaceId {...row} /> },
    { key: 'sequence', title: words.fields.sequence, track: '5.5rem', render: ({ msgSeq }) => msgSeq },
    {
      key: 'finding',
      title: words.check.finding,
      track: '8rem',
      render: ({ finding }) => <span data-finding={finding}>{words.check.kinds[finding]}</span>,
    },
    { key: 'sender', title: words.check.told, track: 'minmax(6rem, 1fr)', render: ({ sender }) => idOf(sender) },
    {
      key: 'toldSender',
      title: words.check.history,
      track: 'minmax(6rem, 1fr)',
      render: ({ toldSender }) => idOf(toldSender),
    },
    {
      key: 'text',
      title: words.check.now,
      track: 'minmax(8rem, 2fr)',
      render: ({ text }) => (text === null ? '–' : <Quoted text={text} />),
    },
    { key: 'at', title: words.check.at, track: '7rem', render: ({ foundAt }) => <Time at={foundAt} /> },
  ];
}
