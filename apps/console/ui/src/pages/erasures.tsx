import type { Erasure } from '@chat-recall/client/types';
import { Badge, Progress, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { request } from '../api/client.ts';
import type { ErasureState, Page as PageOf } from '../api/types.ts';
import { Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Id } from '../parts/quoted.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/index.ts';
import { NewErasure } from './new-erasure.tsx';

const tints: Readonly<Record<ErasureState, string>> = { waiting: 'orange', running: 'blue', completed: 'green' };

export function ErasuresPage() {
  const words = useWords();
  const found = useInfiniteQuery({
    queryKey: ['erasures'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      request<PageOf<Erasure>>('GET', '/api/v1/erasures', { signal, query: { cursor: pageParam, limit: 50 } }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some((one) => one.state !== 'completed')) === true ? 2_000 : false,
  });
  const rows = useMemo(() => found.data?.pages.flatMap(({ items }) => items) ?? [], [found.data]);
  const columns: readonly Column<Erasure>[] = [
    { key: 'asked', title: words.recalls.asked, track: '7rem', render: ({ createdAt }) => <Time at={createdAt} /> },
    {
      key: 'state',
      title: words.fields.state,
      track: '6.5rem',
      render: ({ state }) => (
        <Badge variant="outline" className={`tint tint-${tints[state]}`} data-state={state}>
          {words.erasures.states[state]}
        </Badge>
      ),
    },
    {
      key: 'replacement',
      title: words.erasures.replacement,
      track: 'minmax(8rem, 1.2fr)',
      render: ({ replacement }) => <Id of={replacement} />,
    },
    {
      key: 'reason',
      title: words.fields.reason,
      track: 'minmax(7rem, 1.5fr)',
      render: ({ reason }) => <bdi>{reason}</bdi>,
    },
    {
      key: 'by',
      title: words.fields.by,
      track: 'minmax(5rem, 0.8fr)',
      render: ({ requestedBy }) => <bdi>{requestedBy}</bdi>,
    },
    {
      key: 'progress',
      title: words.erasures.progress,
      track: 'minmax(8rem, 1fr)',
      render: (erasure) => <HowFar of={erasure} />,
    },
    {
      key: 'changed',
      title: words.erasures.changed,
      track: 'minmax(7rem, 1.2fr)',
      render: (erasure) => <Changed of={erasure} />,
    },
  ];
  return (
    <Page title={words.erasures.title}>
      <Text>{words.erasures.intro}</Text>
      <NewErasure />
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      <VirtualTable
        label={words.erasures.list}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        empty={found.isError ? '' : words.erasures.none}
        hasMore={found.hasNextPage}
        loading={found.isLoading || found.isFetchingNextPage}
        onEnd={() => void found.fetchNextPage()}
      />
    </Page>
  );
}

function HowFar({ of: { state, progress, waitsFor, finishedAt } }: { readonly of: Erasure }) {
  const words = useWords();
  if (state === 'completed') return <Time at={finishedAt} />;
  return (
    <Stack gap={2}>
      <Text size="sm">{words.erasures.steps(progress.done, progress.of)}</Text>
      <Progress value={(100 * progress.done) / Math.max(1, progress.of)} aria-label={words.erasures.progress} />
      {waitsFor !== null && <Text size="xs">{words.erasures.waitsFor(waitsFor.planning, waitsFor.jobs)}</Text>}
    </Stack>
  );
}

function Changed({ of: { changed } }: { readonly of: Erasure }) {
  const words = useWords();
  const format = useFormat();
  const kinds = Object.keys(words.erasures.kinds) as (keyof typeof words.erasures.kinds)[];
  const told = kinds.flatMap((kind) => {
    const count = changed[kind] ?? 0;
    return count === 0 ? [] : [`${words.erasures.kinds[kind]} ${format.number(count)}`];
  });
  return told.length === 0 ? '–' : told.join(', ');
}
