import { Badge, Stack, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { request } from '../api/client.ts';
import type { Delivery, Page as PageOf } from '../api/types.ts';
import { StateBadge } from '../parts/badges.tsx';
import { TextLink } from '../parts/link.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { useWords } from '../words/index.ts';

/** What the completion webhook was told, and what it answered. */
export function Deliveries() {
  const words = useWords();
  const found = useInfiniteQuery({
    queryKey: ['deliveries'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      request<PageOf<Delivery>>('GET', '/api/v1/deliveries', { signal, query: { cursor: pageParam, limit: 50 } }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const rows = useMemo(() => found.data?.pages.flatMap(({ items }) => items) ?? [], [found.data]);
  const columns: readonly Column<Delivery>[] = [
    { key: 'ended', title: words.health.ended, track: '11rem', render: ({ endedAt }) => <Time at={endedAt} /> },
    {
      key: 'recall',
      title: words.health.recall,
      track: 'minmax(10rem, 1fr)',
      render: ({ recallId, state }) => (
        <TextLink to={`/recalls/${recallId}`} aria-label={recallId}>
          <StateBadge state={state} />
        </TextLink>
      ),
    },
    { key: 'tries', title: words.health.tries, track: '6rem', render: ({ attempts }) => attempts },
    {
      key: 'delivery',
      title: words.health.delivery,
      track: 'minmax(10rem, 2fr)',
      render: (delivery) => <Fate of={delivery} />,
    },
  ];
  return (
    <Stack component="section" gap="xs">
      <Title order={2} size="h4">
        {words.health.deliveries}
      </Title>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      <VirtualTable
        label={words.health.deliveries}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        empty={words.health.deliveriesNone}
        hasMore={found.hasNextPage}
        loading={found.isLoading || found.isFetchingNextPage}
        onEnd={() => void found.fetchNextPage()}
      />
    </Stack>
  );
}

function Fate({ of: { deliveredAt, givenUpAt, nextAt, lastStatus, lastError } }: { readonly of: Delivery }) {
  const words = useWords();
  const [label, tint, at] =
    deliveredAt !== null
      ? [words.health.delivered, 'green', deliveredAt]
      : givenUpAt !== null
        ? [words.health.givenUp, 'red', givenUpAt]
        : [words.health.next, 'orange', nextAt];
  return (
    <>
      <Badge variant="outline" className={`tint tint-${tint}`}>
        {label}
      </Badge>{' '}
      <Time at={at} /> {lastStatus} {deliveredAt === null && <bdi>{lastError}</bdi>}
    </>
  );
}
