import type { Health } from '@chat-recall/client/types';
import { SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { request } from '../api/client.ts';
import { BarChart } from '../parts/bar-chart.tsx';
import { Figure, Figures } from '../parts/figure.tsx';
import { TextLink } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Time } from '../parts/time.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { useFormat } from '../words/format.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';
import { Deliveries } from './deliveries.tsx';
import { Callbacks, SilenceAlarm } from './health-callbacks.tsx';

export function HealthPage() {
  const words = useWords();
  const language = useLanguage();
  const found = useQuery({
    queryKey: ['health', language],
    queryFn: ({ signal }) => request<Health>('GET', '/api/v1/health', { signal }),
    refetchInterval: 5_000,
    placeholderData: (before) => before,
  });
  return (
    <Page title={words.health.title}>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isLoading && <Waiting />}
      {found.data !== undefined && <Shown health={found.data} />}
    </Page>
  );
}

function Shown({ health }: { readonly health: Health }) {
  const words = useWords();
  const format = useFormat();
  const { at, ingest, batches, calls, coverage, errors, history } = health;
  const { delaySeconds: delay } = ingest;
  return (
    <Stack>
      <SilenceAlarm silence={health.silence} />
      <Text size="sm" className="muted">
        {words.health.at(format.time(at))}
      </Text>
      <Figures>
        <Figure label={words.health.callbacks}>{format.number(ingest.perSecond)}</Figure>
        <Figure label={words.health.delay}>
          {delay === null ? '–' : words.health.delayValue(format.duration(delay.p50), format.duration(delay.p95))}
        </Figure>
        <Figure label={words.health.lastCallback}>
          <Time at={ingest.lastCallbackAt} />
        </Figure>
        <Figure label={words.health.waiting}>
          {format.number(batches.waiting)}
          <Text size="sm" fw={400}>
            {format.number(batches.queued)} {words.health.queued}, {format.number(batches.running)}{' '}
            {words.health.running}
          </Text>
        </Figure>
        <Figure label={words.health.oldest}>
          {batches.oldestQueuedSeconds === null ? '–' : format.duration(batches.oldestQueuedSeconds)}
        </Figure>
        <Figure label={words.health.calls}>
          {format.number(calls.perSecond)}
          <Text size="sm" fw={400}>
            {words.health.callsOf(calls.limit)}
            {calls.factor < 1 && `; ${words.health.slowed(Math.round(calls.factor * 100))}`}
          </Text>
        </Figure>
      </Figures>
      <section>
        <Title order={2} size="h4" mb="xs">
          <TextLink to="/coverage">{words.coverage.link}</TextLink>
        </Title>
        <Figures>
          {(['missing', 'incomplete', 'refused'] as const).map((name) => (
            <Figure key={name} label={words.coverage.figures[name]} id={`coverage-${name}`}>
              {format.number(coverage[name])}
            </Figure>
          ))}
        </Figures>
      </section>
      <section>
        <Title order={2} size="h4" mb="xs">
          {words.health.history}
        </Title>
        <SimpleGrid cols={{ base: 1, md: 3 }}>
          <BarChart
            label={words.health.callbacks}
            bars={history.map((minute) => ({ at: minute.at, value: minute.callbacksPerSecond }))}
          />
          <BarChart
            tone="green"
            label={words.health.calls}
            bars={history.map((minute) => ({ at: minute.at, value: minute.callsPerSecond }))}
          />
          <BarChart
            tone="red"
            label={words.health.failed}
            bars={history.map((minute) => ({ at: minute.at, value: minute.failed }))}
          />
        </SimpleGrid>
      </section>
      <section>
        <Title order={2} size="h4">
          {words.health.errors}
        </Title>
        {errors.length === 0 ? (
          <Text className="muted">{words.health.noErrors}</Text>
        ) : (
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.recall.code}</Table.Th>
                <Table.Th>{words.recall.meaning}</Table.Th>
                <Table.Th ta="end">{words.fields.count}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {errors.map(({ retCode, meaning, count }) => (
                <Table.Tr key={retCode}>
                  <Table.Td>{retCode}</Table.Td>
                  <Table.Td>{meaning}</Table.Td>
                  <Table.Td ta="end">{format.number(count)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </section>
      <Callbacks commands={health.commands} />
      <Deliveries />
    </Stack>
  );
}
