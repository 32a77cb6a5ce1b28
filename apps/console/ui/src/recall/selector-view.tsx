import type { Selector } from '@chat-recall/client/types';
import { Fragment, type ReactNode } from 'react';
import { Id } from '../parts/quoted.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/index.ts';

const shown = 20;

/** What a recall selects, in words. */
export function SelectorView({ of }: { readonly of: Selector }) {
  const words = useWords();
  const format = useFormat();
  const sequences = of.messages?.reduce((sum, { msgSeqs }) => sum + msgSeqs.length, 0);
  const parts: readonly (readonly [string, ReactNode])[] = [
    [words.fields.senders, list(of.senders)],
    [words.recall.except, list(of.excludeSenders)],
    [words.fields.keywords, list(of.keywords)],
    [words.fields.groupIds, list(of.groupIds)],
    [words.fields.topicIds, list(of.topicIds)],
    [
      words.search.window,
      of.sentFrom === undefined && of.sentTo === undefined
        ? null
        : words.recall.window(
            of.sentFrom === undefined ? words.recall.begin : format.time(of.sentFrom),
            of.sentTo === undefined ? words.recall.end : format.time(of.sentTo),
          ),
    ],
    [words.create.sequences, sequences === undefined ? null : words.recall.selectorSequences(sequences)],
    [
      words.search.copies,
      of.sameTextAs === undefined ? null : words.recall.sameText(of.sameTextAs.groupId, of.sameTextAs.msgSeq),
    ],
    [words.create.limit, of.limit === undefined ? null : words.recall.limit(of.limit)],
  ];
  return parts
    .filter(([, value]) => value !== null)
    .map(([label, value]) => (
      <div key={label}>
        <span className="muted">{label}:</span> {value}
      </div>
    ));
}

function list(values: readonly string[] | undefined): ReactNode {
  if (values === undefined || values.length === 0) return null;
  return (
    <>
      {values.slice(0, shown).map((value, at) => (
        <Fragment key={value}>
          {at > 0 && ', '}
          <Id of={value} />
        </Fragment>
      ))}
      {values.length > shown && ` … (${values.length})`}
    </>
  );
}
