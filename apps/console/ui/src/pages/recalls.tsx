import type { Recall } from '@chat-recall/client/types';
import { Badge, Button, Group, MultiSelect, NativeSelect, Progress, Stack, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import { useSearch } from 'wouter/use-browser-location';
import { queryString, request } from '../api/client.ts';
import { recallStates, type Page as PageOf } from '../api/types.ts';
import { StateBadge } from '../parts/badges.tsx';
import { ButtonLink, TextLink } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { useMay } from '../session/use-session.ts';
import { toIso, toLocal } from '../text/local-time.ts';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/index.ts';

export function RecallsPage() {
  const words = useWords();
  const format = useFormat();
  const may = useMay();
  const query = useSearch();
  const wanted = useMemo(() => new URLSearchParams(query), [query]);
  const from = wanted.get('from');
  const to = wanted.get('to');
  const found = useInfiniteQuery({
    queryKey: ['recalls', query],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      request<PageOf<Recall>>('GET', '/api/v1/recalls', {
        signal,
        query: {
          state: wanted.getAll('state').join(','),
          requestedBy: wanted.get('by') ?? '',
          createdFrom: from ?? '',
          createdTo: to ?? '',
          kind: kindOf(wanted) === 'all' ? '' : kindOf(wanted),
          cursor: pageParam,
          limit: 50,
        },
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 1) > 3 ? false : 5_000),
  });
  const rows = useMemo(() => found.data?.pages.flatMap(({ items }) => items) ?? [], [found.data]);

  const columns: readonly Column<Recall>[] = [
    { key: 'asked', title: words.recalls.asked, track: '11rem', render: ({ createdAt }) => <Time at={createdAt} /> },
    { key: 'state', title: words.fields.state, track: '13rem', render: ({ state }) => <StateBadge state={state} /> },
    {
      key: 'reason',
      title: words.fields.reason,
      track: 'minmax(10rem, 3fr)',
      render: ({ id, reason, rule }) => (
        <>
          <TextLink to={`/recalls/${id}`}>
            <bdi>{reason}</bdi>
          </TextLink>{' '}
          {rule !== null && (
            <Badge variant="outline" className="tint tint-violet">
              {words.rules.rule}
            </Badge>
          )}
        </>
      ),
    },
    {
      key: 'by',
      title: words.recalls.requestedBy,
      track: 'minmax(6rem, 1fr)',
      render: ({ requestedBy }) => <bdi>{requestedBy}</bdi>,
    },
    {
      key: 'progress',
      title: words.recalls.progress,
      track: 'minmax(9rem, 1.5fr)',
      render: ({ counts: { planned, pending } }) => (
        <Stack gap={2}>
          <Text size="sm">{words.recall.done(format.number(planned - pending), format.number(planned))}</Text>
          <Progress
            value={planned === 0 ? 0 : (100 * (planned - pending)) / planned}
            aria-label={words.recalls.progress}
          />
        </Stack>
      ),
    },
  ];

  return (
    <Page
      title={words.recalls.title}
      actions={may.recall && <ButtonLink to="/recalls/new">{words.nav.newRecall}</ButtonLink>}
    >
      <Filter key={query} wanted={wanted} />
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      <VirtualTable
        label={words.recalls.list}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        hasMore={found.hasNextPage}
        loading={found.isLoading || found.isFetchingNextPage}
        onEnd={() => void found.fetchNextPage()}
      />
    </Page>
  );
}

const kinds = ['all', 'recall', 'rule'] as const;
type Kind = (typeof kinds)[number];

function kindOf(wanted: URLSearchParams): Kind {
  return kinds.find((kind) => kind === wanted.get('kind')) ?? 'all';
}

function Filter({ wanted }: { readonly wanted: URLSearchParams }) {
  const words = useWords();
  const [, go] = useLocation();
  const [states, setStates] = useState(wanted.getAll('state'));
  const [by, setBy] = useState(wanted.get('by') ?? '');
  const [from, setFrom] = useState(toLocal(wanted.get('from') ?? ''));
  const [to, setTo] = useState(toLocal(wanted.get('to') ?? ''));
  const [kind, setKind] = useState(kindOf(wanted));
  const wrong = from !== '' && to !== '' && from >= to ? words.faults.order : null;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (wrong !== null) return;
    const query = { state: states, by: by.trim(), from: toIso(from) ?? '', to: toIso(to) ?? '' };
    go(`/recalls${queryString({ ...query, kind: kind === 'all' ? '' : kind })}`);
  }

  return (
    <form onSubmit={submit} noValidate>
      <Group align="start">
        <MultiSelect
          label={words.fields.state}
          data={recallStates.map((value) => ({ value, label: words.states[value] }))}
          value={states}
          onChange={setStates}
          miw={220}
        />
        <NativeSelect
          label={words.rules.kind}
          data={kinds.map((value) => ({ value, label: words.rules.kinds[value] }))}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value as Kind)}
        />
        <TextInput
          label={words.recalls.requestedBy}
          value={by}
          onChange={(event) => setBy(event.currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          label={words.recalls.madeFrom}
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          label={words.recalls.madeTo}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          error={wrong}
        />
        <Button type="submit" variant="default" mt={25}>
          {words.recalls.filter}
        </Button>
      </Group>
    </form>
  );
}
