import type { Recall } from '@chat-recall/client/types';
import { Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { request } from '../api/client.ts';
import type { Pace, RecallErrorCount } from '../api/types.ts';
import { OutcomeBadge } from '../parts/badges.tsx';
import { Figure, Figures } from '../parts/figure.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { OutcomeBar } from '../recall/outcome-bar.tsx';
import { isFinal } from '../recall/use-recall.ts';
import { useFormat } from '../words/format.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';
import { FollowPanel } from './recall-follow.tsx';
import { ProofPanel } from './recall-proof.tsx';

export function ProgressTab({ recall, live }: { readonly recall: Recall & Partial<Pace>; readonly live: boolean }) {
  const words = useWords();
  const format = useFormat();
  const { counts, batches, exposureSeconds: exposure } = recall;
  const duration = (seconds: number | null | undefined): string => (seconds == null ? '–' : format.duration(seconds));
  return (
    <Stack>
      <OutcomeBar counts={counts} />
      <Figures>
        <Figure label={words.fields.messages} id="planned">
          {words.recall.done(format.number(counts.planned - counts.pending), format.number(counts.planned))}
        </Figure>
        <Figure label={words.recall.batches}>
          {words.recall.done(format.number(batches.done), format.number(batches.total))}
        </Figure>
        <Figure label={words.recall.rate}>
          {recall.ratePerSecond == null ? '–' : format.number(recall.ratePerSecond)}
        </Figure>
        <Figure label={words.recall.eta}>{isFinal(recall.state) ? '–' : duration(recall.etaSeconds)}</Figure>
        <Figure label={words.recall.exposure}>
          {exposure == null ? '–' : words.recall.exposureValue(duration(exposure.p50), duration(exposure.max))}
        </Figure>
        {recall.protectedLeftOut > 0 && (
          <Figure label={words.recall.protectedLeftOut}>{format.number(recall.protectedLeftOut)}</Figure>
        )}
      </Figures>
      {!isFinal(recall.state) && (
        <Text size="sm" className="muted">
          {live ? words.recall.live : words.recall.notLive}
        </Text>
      )}
      {recall.follow !== null && <FollowPanel recall={recall} follow={recall.follow} />}
      {recall.proof.answered > 0 && <ProofPanel recall={recall} />}
      <Errors recall={recall} />
    </Stack>
  );
}

function Errors({ recall }: { readonly recall: Recall }) {
  const words = useWords();
  const format = useFormat();
  const language = useLanguage();
  const { failed, unknown, expired, notRecallable, notFound } = recall.counts;
  const found = useQuery({
    // Asked again whenever another one has failed.
    queryKey: ['recall', recall.id, 'errors', language, failed + unknown + expired + notRecallable + notFound],
    queryFn: ({ signal }) =>
      request<{ items: readonly RecallErrorCount[] }>('GET', `/api/v1/recalls/${recall.id}/errors`, { signal }),
    placeholderData: (before) => before,
  });
  const items = found.data?.items ?? [];
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {words.recall.errors}
      </Title>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {items.length === 0 ? (
        <Text className="muted">{words.recall.noErrors}</Text>
      ) : (
        <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.recall.code}</Table.Th>
                <Table.Th>{words.fields.state}</Table.Th>
                <Table.Th>{words.fields.count}</Table.Th>
                <Table.Th>{words.recall.meaning}</Table.Th>
                <Table.Th>{words.recall.advice}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map(({ retCode, state, count, meaning, advice }) => (
                <Table.Tr key={`${String(retCode)} ${state}`}>
                  <Table.Td>{retCode ?? '–'}</Table.Td>
                  <Table.Td>
                    <OutcomeBadge state={state} />
                  </Table.Td>
                  <Table.Td>{format.number(count)}</Table.Td>
                  <Table.Td>{meaning}</Table.Td>
                  <Table.Td>{advice}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}
