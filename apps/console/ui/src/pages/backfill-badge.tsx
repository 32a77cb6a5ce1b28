import { Badge } from '@mantine/core';
import type { BackfillState } from '../api/types.ts';
import { useWords } from '../words/index.ts';

const tints: Readonly<Record<BackfillState, string>> = {
  listing: 'blue',
  running: 'blue',
  paused: 'orange',
  completed: 'green',
  cancelled: 'gray',
  failed: 'red',
};

export function BackfillBadge({ state }: { readonly state: BackfillState }) {
  return (
    <Badge variant="outline" className={`tint tint-${tints[state]}`} data-state={state}>
      {useWords().backfill.states[state]}
    </Badge>
  );
}
