import { Badge } from '@mantine/core';
import type { OutcomeState, RecallState } from '../api/types.ts';
import { useWords } from '../words/index.ts';

const recallColors: Readonly<Record<RecallState, string>> = {
  planning: 'gray',
  planned: 'blue',
  awaiting_approval: 'violet',
  running: 'blue',
  paused: 'orange',
  completed: 'green',
  completed_with_failures: 'red',
  cancelled: 'gray',
  failed: 'red',
};

export const outcomeColors: Readonly<Record<OutcomeState, string>> = {
  pending: 'gray',
  recalled: 'green',
  not_found: 'teal',
  expired: 'yellow',
  not_recallable: 'orange',
  failed: 'red',
  unknown: 'violet',
  cancelled: 'dark',
};

/** @param label other words than usual for the state */
export function StateBadge({ state, label }: { readonly state: RecallState; readonly label?: string | undefined }) {
  const words = useWords();
  return (
    <Badge variant="outline" className={`tint tint-${recallColors[state]}`} data-state={state}>
      {label ?? words.states[state]}
    </Badge>
  );
}

export function OutcomeBadge({ state }: { readonly state: OutcomeState }) {
  return (
    <Badge variant="outline" className={`tint tint-${outcomeColors[state]}`} data-state={state}>
      {useWords().outcomes[state]}
    </Badge>
  );
}
