import type { CoveragePage as CoveragePageOf } from '@chat-recall/client/types';
import { Badge, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import { useSearch } from 'wouter/use-browser-location';
import { queryString, request } from '../api/client.ts';
import { faultsByField } from '../api/problem.ts';
import type { Covered } from '../api/types.ts';
import { CoverageFigures } from '../parts/coverage-figures.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { PlaceId } from '../parts/quoted.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { faultText } from '../recall/fault-text.ts';
import { useFormat, type Format } from '../words/format.ts';
import { useLanguage } from '../words/language.ts';
import { useWords, type Words } from '../words/index.ts';

const states = ['open', 'none', 'gone', 'refused'] as const satisfies readonly Covered['history'][];
const tints: Readonly<Record<Covered['history'], string>> = {
  open: 'green',
  none: 'gray',
  gone: 'gray',
  refused: 'red',
};

export function CoveragePage() {
  const words = useWords();
  const format = useFormat();
  const groupId = new URLSearchParams(useSearch()).get('group') ?? '';
  const found = useInfiniteQuery({
    queryKey: ['coverage', groupId],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      request<CoveragePageOf>('GET', '/api/v1/coverage', {
        signal,
        query: { groupId, cursor: pageParam, limit: 100 },
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 1) > 2 ? false : 10_000),
  });
  const rows = useMemo(() => found.data?.pages.flatMap(({ items }) => items) ?? [], [found.data]);
  const columns = useMemo(() => columnsOf(words, format), [words, format]);
  const summary = found.data?.pages[0]?.summary;
  return (
    <Page title={words.coverage.title}>
      <Text>{words.coverage.intro}</Text>
      {summary !== undefined && <CoverageFigures of={summary} />}
      <ByGroup key={groupId} groupId={groupId} error={found.error} />
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      <VirtualTable
        label={words.coverage.list}
        columns={columns}
        rows={rows}
        rowKey={({ groupId: group, topicId }) => JSON.stringify([group, topicId])}
        empty={found.isError ? '' : words.coverage.none}
        hasMore={found.hasNextPage}
        loading={found.isLoading || found.isFetchingNextPage}
        onEnd={() => void found.fetchNextPage()}
      />
      <Meanings />
    </Page>
  );
}

function columnsOf(words: Words, format: Format): readonly Column<Covered>[] {
  const count = (name: 'missing' | 'unreachable') => (row: Covered) => format.number(row[name]);
  return [
    { key: 'place', title: words.fields.group, track: 'minmax(8rem, 2fr)', render: (row) => <PlaceId {...row} /> },
    {
      key: 'range',
      title: words.coverage.range,
      track: '8rem',
      render: ({ firstSeq, newestSeq }) => `${firstSeq ?? '–'} … ${newestSeq ?? '–'}`,
    },
    { key: 'missing', title: words.coverage.missing, track: '5.5rem', render: count('missing') },
    { key: 'lost', title: words.coverage.lost, track: '5.5rem', render: count('unreachable') },
    { key: 'share', title: words.coverage.share, track: '5rem', render: ({ share }) => format.percent(share) },
    { key: 'history', title: words.coverage.history, track: '8rem', render: (row) => <Standing of={row} /> },
    {
      key: 'others',
      title: words.coverage.others,
      track: 'minmax(8rem, 1.5fr)',
      render: ({ system, recalled, placeholders }) =>
        words.coverage.othersValue(format.number(system), format.number(recalled), format.number(placeholders)),
    },
    { key: 'active', title: words.coverage.active, track: '7rem', render: ({ activeAt }) => <Time at={activeAt} /> },
  ];
}

function Standing({ of: { history, failures } }: { readonly of: Covered }) {
  const words = useWords();
  return (
    <>
      <Badge variant="outline" className={`tint tint-${tints[history]}`} data-history={history}>
        {words.coverage.states[history]}
      </Badge>
      {failures > 0 && <div>{words.coverage.failures(failures)}</div>}
    </>
  );
}

function ByGroup({ groupId, error }: { readonly groupId: string; readonly error: unknown }) {
  const words = useWords();
  const language = useLanguage();
  const [, go] = useLocation();
  const [typed, setTyped] = useState(groupId);
  const fault = faultsByField(error, (path) => path)['groupId'];
  function submit(event: FormEvent): void {
    event.preventDefault();
    go(`/coverage${queryString({ group: typed.trim() })}`);
  }
  return (
    <form onSubmit={submit} noValidate>
      <Group align="start">
        <TextInput
          label={words.coverage.group}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={fault === undefined ? null : faultText(fault, language)}
          miw={260}
        />
        <Button type="submit" variant="default" mt={25}>
          {words.coverage.show}
        </Button>
      </Group>
    </form>
  );
}

function Meanings() {
  const words = useWords();
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {words.coverage.meaning}
      </Title>
      <Stack component="dl" gap="xs" m={0}>
        {states.map((state) => (
          <div key={state}>
            <dt>
              <Badge variant="outline" className={`tint tint-${tints[state]}`}>
                {words.coverage.states[state]}
              </Badge>
            </dt>
            <dd className="meaning">{words.coverage.meanings[state]}</dd>
          </div>
        ))}
      </Stack>
    </section>
  );
}
