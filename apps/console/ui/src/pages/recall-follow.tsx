import type { Recall } from '@chat-recall/client/types';
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { request } from '../api/client.ts';
import { Figure, Figures } from '../parts/figure.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Time } from '../parts/time.tsx';
import { isFinal } from '../recall/use-recall.ts';
import { useMay } from '../session/use-session.ts';
import { useFormat } from '../words/format.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';

/** The tail of a recall, or all that a rule does. */
export function FollowPanel({
  recall,
  follow,
}: {
  readonly recall: Recall;
  readonly follow: NonNullable<Recall['follow']>;
}) {
  const words = useWords();
  const format = useFormat();
  const language = useLanguage();
  const may = useMay();
  const client = useQueryClient();
  const stopping = useMutation({
    mutationFn: () => request<Recall>('POST', `/api/v1/recalls/${recall.id}/stop-following`),
    onSuccess: (next) => client.setQueryData(['recall', recall.id], next),
    // It may have ended by itself.
    onError: () => client.invalidateQueries({ queryKey: ['recall', recall.id] }),
  });
  // A rule is ended as a whole.
  const stoppable = may.recall && recall.rule === null && follow.state !== 'ended' && !isFinal(recall.state);
  return (
    <Stack component="section" gap="xs" aria-label={words.follow.title}>
      <Title order={2} size="h4">
        {words.follow.title}
      </Title>
      <Figures>
        <Figure label={words.follow.state} id="followState">
          {words.follow.states[follow.state]}
        </Figure>
        <Figure label={words.follow.until}>
          {follow.until === null ? format.duration(follow.seconds) : <Time at={follow.until} />}
        </Figure>
        <Figure label={words.follow.lateCount} id="late">
          {format.number(follow.late)}
        </Figure>
        <Figure label={words.follow.leftOut} id="followLeftOut">
          {format.number(follow.leftOut)}
        </Figure>
      </Figures>
      {follow.cause !== null && <Text size="sm">{follow.cause[language]}</Text>}
      <ProblemNote error={stopping.error} />
      {stoppable && (
        <Group>
          <Button variant="default" loading={stopping.isPending} onClick={() => stopping.mutate()}>
            {words.follow.stop}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
