import { Mark } from '@mantine/core';
import { Fragment } from 'react';
import { hitsOf } from '../text/fold.ts';

/**
 * What somebody else wrote, with the keywords marked: only ever text, and what turns the direction of
 * writing in it turns nothing outside.
 */
export function Quoted({ text, keywords = [] }: { readonly text: string; readonly keywords?: readonly string[] }) {
  const hits = hitsOf(text, keywords);
  let at = 0;
  return (
    <bdi className="quoted">
      {hits.map(([from, to]) => {
        const before = text.slice(at, from);
        at = to;
        return (
          <Fragment key={from}>
            {before}
            <Mark color="yellow">{text.slice(from, to)}</Mark>
          </Fragment>
        );
      })}
      {text.slice(at)}
    </bdi>
  );
}

/** An id that somebody else chose. */
export function Id({ of }: { readonly of: string }) {
  return <bdi className="id">{of}</bdi>;
}

export function PlaceId({ groupId, topicId }: { readonly groupId: string; readonly topicId: string | null }) {
  return (
    <>
      <Id of={groupId} />
      {topicId !== null && topicId !== '' && (
        <>
          {' / '}
          <Id of={topicId} />
        </>
      )}
    </>
  );
}
