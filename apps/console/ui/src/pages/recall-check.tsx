import type { Recall } from '@chat-recall/client/types';
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { Figure, Figures } from '../parts/figure.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { useMay } from '../session/use-session.ts';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/index.ts';

const FindingsTable = lazy(async () => ({ default: (await import('./recall-findings.tsx')).FindingsTable }));

/** What was compared with history before anything is called, and what came of it. */
export function CheckPanel({
  id,
  check,
  of,
}: {
  readonly id: string;
  readonly check: NonNullable<Recall['check']>;
  /** Messages in the plan. */
  readonly of: number;
}) {
  const words = useWords();
  const format = useFormat();
  const may = useMay();
  const [shown, show] = useState(false);
  const found = check.senderDiffers + check.noMatch + check.edited;
  // What was left out is in the plan no more.
  const all = Math.max(check.checked, of);
  return (
    <Paper withBorder p="md" component="section" aria-label={words.check.title}>
      <Stack gap="xs">
        <Title order={2} size="h5">
          {words.check.title}
        </Title>
        <Text size="sm" role="status" data-check={check.state}>
          {[
            ...(check.senders ? [words.check.senders] : []),
            ...(check.texts ? [words.check.texts] : []),
            words.check.states[check.state],
            words.check.progress(format.number(check.checked), format.number(all)),
          ].join(' · ')}
        </Text>
        <Figures>
          {(['senderDiffers', 'noMatch', 'edited', 'unverifiable'] as const).map((name) => (
            <Figure key={name} label={words.check[name]} id={`check-${name}`}>
              {format.number(check[name])}
            </Figure>
          ))}
        </Figures>
        {may.readText && found > 0 && !shown && (
          <Group>
            <Text size="sm">{words.check.findingsNote}</Text>
            <Button variant="default" size="compact-md" onClick={() => show(true)}>
              {words.check.findings}
            </Button>
          </Group>
        )}
        {shown && (
          <Suspense fallback={<Waiting />}>
            <FindingsTable id={id} />
          </Suspense>
        )}
      </Stack>
    </Paper>
  );
}
