import type { Message, MessagePage } from '@chat-recall/client/types';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Alert, Badge, Group, List, Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useSearch } from 'wouter/use-browser-location';
import { queryString, request } from '../api/client.ts';
import { ButtonLink, TextLink } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Id, PlaceId, Quoted } from '../parts/quoted.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { draftLink } from '../recall/draft.ts';
import { readSearch, selectorOf, windowOf } from '../recall/search-url.ts';
import { useMay } from '../session/use-session.ts';
import { useLanguage } from '../words/language.ts';
import { useWords, type Words } from '../words/index.ts';
import { SearchForm } from './search-form.tsx';
import { RowActions } from './search-row-actions.tsx';

export function SearchPage() {
  const words = useWords();
  const language = useLanguage();
  const may = useMay();
  const query = useSearch();
  const search = useMemo(() => readSearch(query), [query]);
  // A quick window stands still while its results are scrolled.
  const now = useMemo(() => Date.now(), [query]);
  const found = useInfiniteQuery({
    queryKey: ['messages', query, now],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      request<MessagePage>('GET', '/api/v1/messages', {
        signal,
        query: {
          sender: search.senders,
          keyword: search.keywords,
          groupId: search.groupIds,
          topicId: search.topicIds,
          messageType: search.kinds,
          ...windowOf(search, now),
          ...(search.sameTextAs !== null && {
            sameTextGroup: search.sameTextAs.groupId,
            sameTextTopic: search.sameTextAs.topicId ?? '',
            sameTextSeq: search.sameTextAs.msgSeq,
          }),
          cursor: pageParam,
          limit: 100,
        },
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const rows = useMemo(() => found.data?.pages.flatMap(({ items }) => items) ?? [], [found.data]);
  const warnings = found.data?.pages[0]?.warnings ?? [];
  const selector = selectorOf(search, now);
  const selects = search.kinds.length === 0 && Object.keys(selector).length > 0;

  const columns = useMemo(() => columnsOf(words, search.keywords), [words, search.keywords]);

  return (
    <Page
      title={words.search.title}
      actions={
        may.recall &&
        selects && (
          <ButtonLink to={draftLink(selector)} color="red">
            {words.search.recallThese}
          </ButtonLink>
        )
      }
    >
      <SearchForm key={query} search={search} error={found.error} />
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {warnings.length > 0 && (
        <Alert color="orange" variant="outline" title={words.plan.warnings}>
          <List size="sm">
            {warnings.map((warning) => (
              <List.Item key={warning.code}>{warning[language]}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      <Text size="sm" className="muted" role="status">
        {found.isSuccess && words.search.shown(rows.length, found.hasNextPage)}
      </Text>
      <VirtualTable
        label={words.search.results}
        columns={columns}
        rows={rows}
        rowKey={keyOf}
        empty={found.isError ? '' : words.search.noneFound}
        hasMore={found.hasNextPage}
        loading={found.isFetching}
        onEnd={() => void found.fetchNextPage()}
      />
    </Page>
  );
}

/** Made anew only when they change: all rows in sight are drawn anew with them. */
function columnsOf(words: Words, keywords: readonly string[]): readonly Column<Message>[] {
  return [
    { key: 'sent', title: words.fields.sent, track: '11rem', render: ({ sentAt }) => <Time at={sentAt} /> },
    {
      key: 'sender',
      title: words.fields.sender,
      track: 'minmax(7rem, 1fr)',
      render: ({ sender }) => (
        <TextLink to={`/senders${queryString({ sender })}`}>
          <Id of={sender} />
        </TextLink>
      ),
    },
    { key: 'place', title: words.fields.group, track: 'minmax(8rem, 1.2fr)', render: (row) => <PlaceId {...row} /> },
    { key: 'sequence', title: words.fields.sequence, track: '6rem', render: ({ msgSeq }) => msgSeq },
    {
      key: 'text',
      title: words.fields.text,
      track: 'minmax(12rem, 4fr)',
      render: (row) => <Said row={row} keywords={keywords} />,
    },
    { key: 'actions', title: words.fields.actions, track: '4.5rem', render: (row) => <RowActions row={row} /> },
  ];
}

function keyOf({ groupId, topicId, msgSeq, sentAt }: Message): string {
  return JSON.stringify([groupId, topicId, msgSeq, sentAt]);
}

function Said({ row, keywords }: { readonly row: Message; readonly keywords: readonly string[] }) {
  const words = useWords();
  return (
    <Stack gap={4}>
      {row.text === null ? (
        <span className="muted">{words.search.textHidden}</span>
      ) : row.text === '' ? (
        <span className="muted">{row.textKept ? words.search.noText : words.search.textNotKept}</span>
      ) : (
        <Quoted text={row.text} keywords={keywords} />
      )}
      {(row.recalled !== null || row.messageTypes.some((kind) => kind !== 'TIMTextElem')) && (
        <Group gap="xs">
          {row.messageTypes
            .filter((kind) => kind !== 'TIMTextElem')
            .map((kind) => (
              <Badge key={kind} variant="outline" className="tint tint-gray">
                {words.kinds[kind] ?? kind}
              </Badge>
            ))}
          {row.recalled !== null && (
            <Badge variant="outline" className="tint tint-green">
              {row.recalled.by === null ? words.search.recalledSomehow : words.search.recalledBy(row.recalled.by)}
            </Badge>
          )}
          {row.recalled?.recallId != null && (
            <TextLink size="sm" to={`/recalls/${row.recalled.recallId}`}>
              {words.search.openRecall}
            </TextLink>
          )}
        </Group>
      )}
    </Stack>
  );
}
