import { Group, Stack, Text } from '@mantine/core';
import type { Counts } from '../api/types.ts';
import { outcomeColors } from '../parts/badges.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/index.ts';
import { outcomeCounts } from './outcome-counts.ts';

/** One bar, a part for each outcome; the words and figures stand below, so that no colour must be told. */
export function OutcomeBar({ counts }: { readonly counts: Counts }) {
  const words = useWords();
  const format = useFormat();
  const parts = outcomeCounts(counts);
  const order = ['recalled', 'not_found', 'expired', 'not_recallable', 'failed', 'unknown', 'cancelled', 'pending'];
  const sorted = [...parts].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  return (
    <Stack gap="xs">
      <div
        className="bar"
        role="progressbar"
        aria-label={words.recall.outcomeBar}
        aria-valuemin={0}
        aria-valuemax={counts.planned}
        aria-valuenow={counts.planned - counts.pending}
        aria-valuetext={words.recall.done(
          format.number(counts.planned - counts.pending),
          format.number(counts.planned),
        )}
      >
        {sorted.map(({ state, count }) => (
          <div
            key={state}
            className={`bg-${outcomeColors[state]}`}
            style={{ width: `${(100 * count) / Math.max(1, counts.planned)}%` }}
          />
        ))}
      </div>
      <Group gap="md" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
        {sorted.map(({ state, count }) => (
          <li key={state}>
            <Text size="sm" component="span">
              <span className={`dot bg-${outcomeColors[state]}`} aria-hidden />
              {words.outcomes[state]} <strong data-outcome={state}>{format.number(count)}</strong>
            </Text>
          </li>
        ))}
      </Group>
    </Stack>
  );
}
