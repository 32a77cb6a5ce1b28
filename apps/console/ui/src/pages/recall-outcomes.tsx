import type { Outcome, Recall } from '@chat-recall/client/types';
import { Badge, Group, MultiSelect, Stack } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { queryString, request } from '../api/client.ts';
import { outcomeStates, type Page as PageOf } from '../api/types.ts';
import { OutcomeBadge } from '../parts/badges.tsx';
import { DownloadLink } from '../parts/download-link.tsx';
import { TextLink } from '../parts/link.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Id, PlaceId } from '../parts/quoted.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { isFinal } from '../recall/use-recall.ts';
import { useLanguage } from '../words/language.ts';
import { useWords, type Words } from '../words/index.ts';

export function OutcomesTab({ recall }: { readonly recall: Recall }) {
  const words = useWords();
  const language = useLanguage();
  const [states, setStates] = useState<string[]>([]);
  const path = `/api/v1/recalls/${recall.id}/outcomes`;
  const found = useInfiniteQuery({
    queryKey: ['recall', recall.id, 'outcomes', states, language],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      request<PageOf<Outcome>>('GET', path, {
        signal,
        query: { state: states.join(','), cursor: pageParam, limit: 200 },
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    // While it runs; not when somebody has scrolled far.
    refetchInterval: ({ state }) => (isFinal(recall.state) || (state.data?.pages.length ?? 1) > 2 ? false : 3_000),
  });
  const rows = useMemo(() => found.data?.pages.flatMap(({ items }) => items) ?? [], [found.data]);
  const csv = { format: 'csv', language, state: states.join(',') };
  const [unsaved, setUnsaved] = useState<unknown>(null);

  const columns = useMemo(() => columnsOf(words), [words]);

  return (
    <Stack>
      <Group align="end">
        <MultiSelect
          label={words.fields.state}
          data={outcomeStates.map((value) => ({ value, label: words.outcomes[value] }))}
          value={states}
          onChange={setStates}
          miw={240}
        />
        <DownloadLink href={path + queryString(csv)} name={`recall-${recall.id}-outcomes.csv`} onProblem={setUnsaved}>
          {words.recall.export}
        </DownloadLink>
      </Group>
      <ProblemNote error={found.error ?? unsaved} onRetry={() => void found.refetch()} />
      <VirtualTable
        label={words.recall.outcomesList}
        columns={columns}
        rows={rows}
        rowKey={keyOf}
        hasMore={found.hasNextPage}
        loading={found.isLoading || found.isFetchingNextPage}
        onEnd={() => void found.fetchNextPage()}
      />
    </Stack>
  );
}

/** Made anew only when they change: all rows in sight are drawn anew with them. */
function columnsOf(words: Words): readonly Column<Outcome>[] {
  return [
    { key: 'place', title: words.fields.group, track: 'minmax(7rem, 1.2fr)', render: (row) => <PlaceId {...row} /> },
    { key: 'sequence', title: words.fields.sequence, track: '5.5rem', render: ({ msgSeq }) => msgSeq },
    {
      key: 'sender',
      title: words.fields.sender,
      track: 'minmax(6rem, 1fr)',
      render: ({ sender }) =>
        sender === null ? (
          '–'
        ) : (
          <TextLink to={`/senders${queryString({ sender })}`}>
            <Id of={sender} />
          </TextLink>
        ),
    },
    { key: 'sent', title: words.fields.sent, track: '7rem', render: ({ sentAt }) => <Time at={sentAt} /> },
    {
      key: 'state',
      title: words.fields.state,
      track: '8.5rem',
      render: ({ state, late }) => (
        <>
          <OutcomeBadge state={state} />{' '}
          {late && (
            <Badge variant="outline" className="tint tint-violet" data-late>
              {words.follow.late}
            </Badge>
          )}
        </>
      ),
    },
    {
      key: 'meaning',
      title: words.recall.meaning,
      track: 'minmax(6rem, 2fr)',
      render: (row) => <Meaning of={row} />,
    },
    {
      key: 'attempts',
      title: words.recall.attempts,
      track: '7rem',
      render: ({ attempts, lastAttemptAt }) => (
        <>
          {attempts}
          {lastAttemptAt !== null && (
            <>
              {' · '}
              <Time at={lastAttemptAt} />
            </>
          )}
        </>
      ),
    },
    { key: 'proof', title: words.proof.column, track: '10.5rem', render: (row) => <Proved of={row} /> },
  ];
}

/** By callback, by history, or disproved by it; each with its moment. */
function Proved({ of: { confirmedAt, verifiedAt, disprovedAt } }: { readonly of: Outcome }) {
  const words = useWords();
  const told = [
    ['confirmed', words.proof.isConfirmed, confirmedAt],
    ['verified', words.proof.isVerified, verifiedAt],
    ['disproved', words.proof.isDisproved, disprovedAt],
  ] as const;
  const there = told.filter(([, , at]) => at !== null);
  if (there.length === 0) return '–';
  return there.map(([grade, label, at]) => (
    <div key={grade} data-proof={grade}>
      <span className={grade === 'disproved' ? 'tint-red' : 'muted'}>{label}</span> <Time at={at} />
    </div>
  ));
}

function keyOf({ groupId, topicId, msgSeq }: Outcome): string {
  return JSON.stringify([groupId, topicId, msgSeq]);
}

function Meaning({ of: { retCode, meaning, presumed, recalledBy } }: { readonly of: Outcome }) {
  const words = useWords();
  return (
    <>
      {meaning}
      {retCode !== null && retCode !== 0 && ` (${retCode})`}
      {presumed && ` (${words.recall.presumed})`}
      {recalledBy?.recallId != null && (
        <>
          {' '}
          <TextLink to={`/recalls/${recalledBy.recallId}`}>{words.recall.otherRecall}</TextLink>
        </>
      )}
      {recalledBy != null && recalledBy.recallId === null && recalledBy.operator !== null && (
        <> {words.recall.byOperator(recalledBy.operator)}</>
      )}
    </>
  );
}
