import type { Backfill, BackfillDetails, BackfillRequest } from '@chat-recall/client/types';
import { Button, Checkbox, Group, NativeSelect, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useMemo, useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import { request } from '../api/client.ts';
import { faultsByField } from '../api/problem.ts';
import type { Page as PageOf } from '../api/types.ts';
import { TextLink } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { faultText } from '../recall/fault-text.ts';
import { useMay } from '../session/use-session.ts';
import { toIso } from '../text/local-time.ts';
import { useFormat } from '../words/format.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';
import { BackfillBadge } from './backfill-badge.tsx';

export function BackfillsPage() {
  const words = useWords();
  const format = useFormat();
  const may = useMay();
  const found = useInfiniteQuery({
    queryKey: ['backfills'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      request<PageOf<Backfill>>('GET', '/api/v1/backfills', { signal, query: { cursor: pageParam, limit: 50 } }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 1) > 2 ? false : 5_000),
  });
  const rows = useMemo(() => found.data?.pages.flatMap(({ items }) => items) ?? [], [found.data]);
  const columns: readonly Column<Backfill>[] = [
    {
      key: 'asked',
      title: words.recalls.asked,
      track: '11rem',
      render: ({ id, createdAt }) => (
        <TextLink to={`/backfills/${id}`}>
          <Time at={createdAt} />
        </TextLink>
      ),
    },
    { key: 'state', title: words.fields.state, track: '8rem', render: ({ state }) => <BackfillBadge state={state} /> },
    {
      key: 'kind',
      title: words.backfill.kind,
      track: 'minmax(8rem, 1fr)',
      render: ({ kind }) => words.backfill.kinds[kind],
    },
    { key: 'since', title: words.backfill.since, track: '11rem', render: ({ since }) => <Time at={since} /> },
    {
      key: 'messages',
      title: words.backfill.messages,
      track: '7rem',
      render: ({ messages }) => format.number(messages),
    },
    {
      key: 'by',
      title: words.backfill.asked,
      track: 'minmax(6rem, 1fr)',
      render: ({ requestedBy }) => <bdi>{requestedBy}</bdi>,
    },
  ];
  return (
    <Page title={words.backfill.title}>
      <Text>{words.backfill.intro}</Text>
      {may.administer && <NewBackfill />}
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      <VirtualTable
        label={words.backfill.list}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        empty={found.isError ? '' : words.backfill.none}
        hasMore={found.hasNextPage}
        loading={found.isLoading || found.isFetchingNextPage}
        onEnd={() => void found.fetchNextPage()}
      />
    </Page>
  );
}

type Kind = BackfillRequest['kind'];

function NewBackfill() {
  const words = useWords();
  const language = useLanguage();
  const [, go] = useLocation();
  const [kind, setKind] = useState<Kind>('history');
  const [since, setSince] = useState('');
  const [estimate, setEstimate] = useState(true);
  const start = useMutation({
    mutationFn: () => {
      const from = toIso(since);
      const body: BackfillRequest = { kind, estimate, ...(from !== null && { since: from }) };
      return request<BackfillDetails>('POST', '/api/v1/backfills', { body });
    },
    onSuccess: ({ id }) => go(`/backfills/${id}`),
  });
  const fault = faultsByField(start.error, (path) => path)['since'];
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!start.isPending) start.mutate();
  }
  return (
    <form onSubmit={submit} noValidate aria-label={words.backfill.newTitle}>
      <Stack gap="sm">
        <Title order={2} size="h4">
          {words.backfill.newTitle}
        </Title>
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          <NativeSelect
            label={words.backfill.kind}
            description={words.backfill.oneAtATime}
            data={(['history', 'files'] as const).map((value) => ({ value, label: words.backfill.kinds[value] }))}
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value as Kind)}
          />
          <TextInput
            type="datetime-local"
            label={words.backfill.since}
            description={words.backfill.sinceHint}
            value={since}
            onChange={(event) => setSince(event.currentTarget.value)}
            error={fault === undefined ? null : faultText(fault, language)}
          />
        </SimpleGrid>
        <Checkbox
          label={words.backfill.estimate}
          description={words.backfill.estimateHint}
          checked={estimate}
          onChange={(event) => setEstimate(event.currentTarget.checked)}
        />
        <ProblemNote error={start.error} />
        <Group>
          <Button type="submit" loading={start.isPending}>
            {words.backfill.start}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
