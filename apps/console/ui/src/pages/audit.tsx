import type { AuditEntry } from '@chat-recall/client/types';
import { Alert, Button, Group, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useMemo, useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import { useSearch } from 'wouter/use-browser-location';
import { queryString, request } from '../api/client.ts';
import { faultsByField } from '../api/problem.ts';
import type { Page as PageOf } from '../api/types.ts';
import { TextLink } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { faultText } from '../recall/fault-text.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';

const filters = ['actor', 'action', 'recallId'] as const;

export function AuditPage() {
  const words = useWords();
  const query = useSearch();
  const wanted = useMemo(() => new URLSearchParams(query), [query]);
  const found = useInfiniteQuery({
    queryKey: ['audit', query],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      request<PageOf<AuditEntry>>('GET', '/api/v1/audit', {
        signal,
        query: {
          ...Object.fromEntries(filters.map((name) => [name, wanted.get(name) ?? ''])),
          cursor: pageParam,
          limit: 100,
        },
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const verification = useMutation({
    mutationFn: () => request<{ rows: number; firstBroken: number | null }>('POST', '/api/v1/audit/verify'),
  });
  const rows = useMemo(() => found.data?.pages.flatMap(({ items }) => items) ?? [], [found.data]);
  const columns: readonly Column<AuditEntry>[] = [
    { key: 'id', title: '#', track: '4rem', render: ({ id }) => id },
    { key: 'at', title: words.audit.at, track: '11rem', render: ({ at }) => <Time at={at} /> },
    {
      key: 'who',
      title: words.audit.actor,
      track: 'minmax(7rem, 1fr)',
      render: ({ actor, person }) => <bdi>{person === '' || person === actor ? actor : `${actor} (${person})`}</bdi>,
    },
    { key: 'role', title: words.audit.role, track: '6rem', render: ({ role }) => role },
    {
      key: 'via',
      title: words.audit.via,
      track: 'minmax(6rem, 0.8fr)',
      render: ({ via, address }) => (address === '' ? via : `${via}, ${address}`),
    },
    { key: 'action', title: words.audit.action, track: 'minmax(8rem, 1fr)', render: ({ action }) => action },
    {
      key: 'details',
      title: words.audit.details,
      track: 'minmax(10rem, 3fr)',
      render: ({ recallId, details }) => (
        <>
          {recallId !== null && <TextLink to={`/recalls/${recallId}`}>{words.audit.recall}</TextLink>}{' '}
          <bdi className="audit-details">
            {Object.entries(details)
              .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
              .join('; ')}
          </bdi>
        </>
      ),
    },
  ];
  return (
    <Page
      title={words.audit.title}
      actions={
        <Button variant="default" loading={verification.isPending} onClick={() => verification.mutate()}>
          {words.audit.verify}
        </Button>
      }
    >
      {verification.data !== undefined && (
        <Alert color={verification.data.firstBroken === null ? 'green' : 'red'} variant="outline" role="status">
          {verification.data.firstBroken === null
            ? words.audit.whole(verification.data.rows)
            : words.audit.broken(verification.data.firstBroken)}
        </Alert>
      )}
      <ProblemNote error={verification.error} />
      <Filter key={query} wanted={wanted} error={found.error} />
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      <VirtualTable
        label={words.audit.list}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => String(id)}
        hasMore={found.hasNextPage}
        loading={found.isFetching}
        onEnd={() => void found.fetchNextPage()}
      />
    </Page>
  );
}

function Filter({ wanted, error }: { readonly wanted: URLSearchParams; readonly error: unknown }) {
  const words = useWords();
  const language = useLanguage();
  const [, go] = useLocation();
  const [typed, setTyped] = useState(
    Object.fromEntries(filters.map((name) => [name, wanted.get(name) ?? ''])) as Record<
      (typeof filters)[number],
      string
    >,
  );
  const told = faultsByField(error, (path) => path);
  const labels = { actor: words.audit.actor, action: words.audit.action, recallId: words.audit.recall };
  function submit(event: FormEvent): void {
    event.preventDefault();
    go(`/audit${queryString(Object.fromEntries(filters.map((name) => [name, typed[name].trim()])))}`);
  }
  return (
    <form onSubmit={submit} noValidate>
      <Group align="start">
        {filters.map((name) => {
          const fault = told[name];
          return (
            <TextInput
              key={name}
              label={labels[name]}
              value={typed[name]}
              onChange={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
              error={fault === undefined ? null : faultText(fault, language)}
            />
          );
        })}
        <Button type="submit" variant="default" mt={25}>
          {words.audit.filter}
        </Button>
      </Group>
    </form>
  );
}
