import { Box, Group, Text } from '@mantine/core';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/index.ts';

export interface Bar {
  readonly at: string;
  readonly value: number;
}

const height = 120;

/**
 * Bars over time, drawn by hand: a chart library would weigh more than the rest of the page. The figures
 * are on hover, and in words for who does not see it.
 */
export function BarChart({
  label,
  bars,
  tone = 'blue',
}: {
  readonly label: string;
  readonly bars: readonly Bar[];
  readonly tone?: string;
}) {
  const words = useWords();
  const format = useFormat();
  const most = Math.max(0, ...bars.map(({ value }) => value));
  const total = bars.reduce((sum, { value }) => sum + value, 0);
  const first = bars[0];
  const last = bars.at(-1);
  const width = 100 / Math.max(1, bars.length);
  if (first === undefined || last === undefined) return <Text className="muted">{words.nothing}</Text>;
  return (
    <Box>
      <Group justify="space-between">
        <Text size="sm" className="muted">
          {label}
        </Text>
        <Text size="sm" className="muted" aria-hidden>
          ≤ {format.number(most)}
        </Text>
      </Group>
      <svg
        role="img"
        aria-label={words.chart(label, Math.round(total), Math.round(most))}
        viewBox={`0 0 100 ${height}`}
        preserveAspectRatio="none"
        width="100%"
        height={height}
        className={`chart chart-${tone}`}
      >
        {bars.map(({ at, value }, index) => {
          const tall = most === 0 ? 0 : Math.max(value === 0 ? 0 : 1.5, (value / most) * (height - 4));
          return (
            <rect key={at} x={index * width + width * 0.08} width={width * 0.84} y={height - tall} height={tall}>
              <title>{`${format.time(at)}: ${format.number(value)}`}</title>
            </rect>
          );
        })}
        <line x1="0" x2="100" y1={height - 0.5} y2={height - 0.5} vectorEffect="non-scaling-stroke" />
      </svg>
      <Group justify="space-between" aria-hidden>
        <Text size="xs" className="muted">
          {format.time(first.at)}
        </Text>
        <Text size="xs" className="muted">
          {format.time(last.at)}
        </Text>
      </Group>
    </Box>
  );
}
