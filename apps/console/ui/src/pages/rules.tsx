import type { Rule } from '@chat-recall/client/types';
import { Button, Text } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { request } from '../api/client.ts';
import type { Page as PageOf } from '../api/types.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { ButtonLink, TextLink } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { SelectorView } from '../recall/selector-view.tsx';
import { isFinal } from '../recall/use-recall.ts';
import { useMay } from '../session/use-session.ts';
import { useFormat } from '../words/format.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';

export function RulesPage() {
  const words = useWords();
  const may = useMay();
  const client = useQueryClient();
  const [ending, end] = useState<Rule | null>(null);
  const found = useInfiniteQuery({
    queryKey: ['rules'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      request<PageOf<Rule>>('GET', '/api/v1/rules', { signal, query: { cursor: pageParam, limit: 50 } }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 1) > 3 ? false : 5_000),
  });
  const cancellation = useMutation({
    mutationFn: ({ id }: Rule) => request<Rule>('POST', `/api/v1/rules/${id}/cancel`),
    onSuccess: () => end(null),
    onSettled: () => client.invalidateQueries({ queryKey: ['rules'] }),
  });
  const rows = useMemo(() => found.data?.pages.flatMap(({ items }) => items) ?? [], [found.data]);
  const columns: readonly Column<Rule>[] = [
    { key: 'name', title: words.rules.name, track: 'minmax(10rem, 2.5fr)', render: (rule) => <About rule={rule} /> },
    {
      key: 'state',
      title: words.fields.state,
      track: '9rem',
      render: (rule) => <StateBadge state={rule.state} label={inForce(words.rules.state, rule)} />,
    },
    { key: 'did', title: words.rules.did, track: 'minmax(7rem, 1fr)', render: (rule) => <Deeds rule={rule} /> },
    { key: 'today', title: words.rules.today, track: '6rem', render: (rule) => <Today rule={rule} /> },
    {
      key: 'hit',
      title: words.rules.lastHit,
      track: '6.5rem',
      render: ({ lastHitAt }) => (lastHitAt === null ? words.never : <Time at={lastHitAt} />),
    },
    {
      key: 'owner',
      title: words.rules.owner,
      track: 'minmax(5rem, 0.7fr)',
      render: ({ owner }) => <bdi>{owner}</bdi>,
    },
    {
      key: 'expires',
      title: words.rules.expires,
      track: '6.5rem',
      render: ({ expiresAt }) => <Time at={expiresAt} />,
    },
    {
      key: 'actions',
      title: words.fields.actions,
      track: '4.5rem',
      render: (rule) =>
        may.recall &&
        !isFinal(rule.state) && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => end(rule)}
            aria-label={words.rules.cancelOf(rule.name ?? rule.reason)}
          >
            {words.rules.cancel}
          </Button>
        ),
    },
  ];
  return (
    <Page
      title={words.rules.title}
      actions={may.recall && <ButtonLink to="/rules/new">{words.rules.newRule}</ButtonLink>}
    >
      <Text>{words.rules.intro}</Text>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      <VirtualTable
        label={words.rules.list}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        empty={found.isError ? '' : words.rules.none}
        hasMore={found.hasNextPage}
        loading={found.isLoading || found.isFetchingNextPage}
        onEnd={() => void found.fetchNextPage()}
      />
      <Confirm
        opened={ending !== null}
        title={words.rules.cancelTitle}
        text={words.rules.cancelText}
        yes={words.rules.cancel}
        no={words.rules.cancelKeep}
        busy={cancellation.isPending}
        error={cancellation.error}
        onYes={() => ending !== null && cancellation.mutate(ending)}
        onNo={() => end(null)}
      />
    </Page>
  );
}

/** Of a rule some states mean something else than of a recall. */
function inForce(labels: Readonly<Record<string, string>>, { state }: Rule): string | undefined {
  return labels[state];
}

function About({ rule: { id, name, reason, selector, stateNote } }: { readonly rule: Rule }) {
  return (
    <>
      <TextLink to={`/recalls/${id}`}>
        <bdi>{name ?? reason}</bdi>
      </TextLink>
      {name !== null && (
        <div>
          <bdi>{reason}</bdi>
        </div>
      )}
      <Text size="xs" component="div">
        <SelectorView of={selector} />
      </Text>
      {stateNote !== null && <div>{stateNote}</div>}
    </>
  );
}

function Deeds({ rule: { counts } }: { readonly rule: Rule }) {
  const words = useWords();
  const format = useFormat();
  return words.rules.deeds(
    format.number(counts.matched),
    format.number(counts.recalled),
    format.number(counts.failed + counts.unknown),
  );
}

function Today({ rule: { today, dailyCap, cause } }: { readonly rule: Rule }) {
  const words = useWords();
  const format = useFormat();
  const language = useLanguage();
  return (
    <>
      {words.rules.todayOf(format.number(today.taken), format.number(dailyCap))}
      {today.capped && <div className="tint-orange">{words.rules.capped}</div>}
      {today.leftOut > 0 && <div>{words.rules.leftOut(format.number(today.leftOut))}</div>}
      {cause !== null && cause.code !== 'cap' && <div>{cause[language]}</div>}
    </>
  );
}
