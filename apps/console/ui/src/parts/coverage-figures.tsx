import type { CoverageSummary } from '@chat-recall/client/types';
import { Text } from '@mantine/core';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/index.ts';
import { Figure, Figures } from './figure.tsx';

/** How complete the index is, of the whole app or of some conversations. */
export function CoverageFigures({ of }: { readonly of: CoverageSummary }) {
  const words = useWords();
  const format = useFormat();
  const labels = words.coverage.figures;
  return (
    <Figures>
      <Figure label={labels.share} id="share">
        {format.percent(of.share)}
      </Figure>
      {(['missing', 'unreachable', 'refused', 'live'] as const).map((name) => (
        <Figure key={name} label={labels[name]} id={`coverage-${name}`}>
          {format.number(of[name])}
        </Figure>
      ))}
      <Figure label={labels.conversations} id="coverage-conversations">
        {format.number(of.conversations)}
        {of.incomplete > 0 && (
          <Text size="sm" fw={400}>
            {words.coverage.ofThem(format.number(of.incomplete))}
          </Text>
        )}
      </Figure>
    </Figures>
  );
}
