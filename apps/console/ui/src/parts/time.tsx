import { useFormat } from '../words/format.ts';

/** A moment in the local zone; the UTC on hover. */
export function Time({ at }: { readonly at: string | null }) {
  const format = useFormat();
  if (at === null) return '–';
  return (
    <time dateTime={at} title={at.replace('T', ' ').replace('Z', ' UTC')}>
      {format.time(at)}
    </time>
  );
}
