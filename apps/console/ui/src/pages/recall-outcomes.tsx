import { Button, Group, MultiSelect, Stack } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { download, queryString, request } from '../api/client.ts';
import { outcomeStates, type Outcome, type Page as PageOf, type Recall } from '../api/types.ts';
import { OutcomeBadge } from '../parts/badges.tsx';
import { TextLink } from '../parts/link.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Id, PlaceId } from '../parts/quoted.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { saveFile } from '../text/save-file.ts';
import { isFinal } from '../recall/use-recall.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';

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
  const saving = useMutation({
    mutationFn: () => download(path, { accept: 'text/csv', query: { state: states.join(',') } }),
    onSuccess: (csv) => saveFile(csv, `recall-${recall.id}-outcomes.csv`),
  });

  const columns: readonly Column<Outcome>[] = [
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
    { key: 'sent', title: words.fields.sent, track: '11rem', render: ({ sentAt }) => <Time at={sentAt} /> },
    { key: 'state', title: words.fields.state, track: '8.5rem', render: ({ state }) => <OutcomeBadge state={state} /> },
    {
      key: 'meaning',
      title: words.recall.meaning,
      track: 'minmax(6rem, 2fr)',
      render: (row) => <Meaning of={row} />,
    },
    {
      key: 'attempts',
      title: words.recall.attempts,
      track: '13rem',
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
  ];

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
        <Button variant="default" loading={saving.isPending} onClick={() => saving.mutate()}>
          {words.recall.export}
        </Button>
      </Group>
      <ProblemNote error={found.error ?? saving.error} onRetry={() => void found.refetch()} />
      <VirtualTable
        label={words.recall.outcomesList}
        columns={columns}
        rows={rows}
        rowKey={({ groupId, topicId, msgSeq }) => JSON.stringify([groupId, topicId, msgSeq])}
        hasMore={found.hasNextPage}
        loading={found.isLoading || found.isFetchingNextPage}
        onEnd={() => void found.fetchNextPage()}
      />
    </Stack>
  );
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
