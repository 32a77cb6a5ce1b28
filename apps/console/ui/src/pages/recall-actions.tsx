import type { Recall } from '@chat-recall/client/types';
import { Button, Group, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../api/client.ts';
import { Confirm } from '../parts/confirm.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { isFinal } from '../recall/use-recall.ts';
import { useMay } from '../session/use-session.ts';
import { useWords } from '../words/index.ts';

/** Pause, resume, cancel and retry; letting a plan run stands below the plan. */
export function RecallActions({ recall }: { readonly recall: Recall }) {
  const words = useWords();
  const may = useMay();
  const client = useQueryClient();
  const [asking, ask] = useState(false);
  const action = useMutation({
    mutationFn: (name: 'pause' | 'resume' | 'cancel' | 'retry') =>
      request<Recall>('POST', `/api/v1/recalls/${recall.id}/${name}`),
    onSuccess: (next) => client.setQueryData(['recall', recall.id], next),
    // What another person did meanwhile is the likely reason.
    onError: () => client.invalidateQueries({ queryKey: ['recall', recall.id] }),
    onSettled: () => ask(false),
  });
  if (!may.recall) return null;
  const { state, counts } = recall;
  const ending =
    recall.rule === null
      ? {
          title: words.recall.cancelTitle,
          text: words.recall.cancelText,
          yes: words.recall.cancel,
          no: words.recall.cancelKeep,
        }
      : {
          title: words.rules.cancelTitle,
          text: words.rules.cancelText,
          yes: words.rules.cancel,
          no: words.rules.cancelKeep,
        };
  const failed = counts.failed + counts.unknown;
  const busy = (name: string) => action.isPending && action.variables === name;
  return (
    <Stack gap="xs" align="end">
      <Group gap="xs">
        {state === 'running' && (
          <Button variant="default" loading={busy('pause')} onClick={() => action.mutate('pause')}>
            {words.recall.pause}
          </Button>
        )}
        {state === 'paused' && (
          <Button loading={busy('resume')} onClick={() => action.mutate('resume')}>
            {words.recall.resume}
          </Button>
        )}
        {failed > 0 && ['completed', 'completed_with_failures', 'failed', 'running', 'paused'].includes(state) && (
          <Button loading={busy('retry')} onClick={() => action.mutate('retry')}>
            {words.recall.retry(failed)}
          </Button>
        )}
        {state === 'failed' && counts.planned === 0 && (
          <Button loading={busy('retry')} onClick={() => action.mutate('retry')}>
            {words.recall.replan}
          </Button>
        )}
        {!isFinal(state) && (
          <Button variant="default" loading={busy('cancel')} onClick={() => ask(true)}>
            {ending.yes}
          </Button>
        )}
      </Group>
      <ProblemNote error={action.error} />
      <Confirm
        opened={asking}
        {...ending}
        busy={action.isPending}
        onYes={() => action.mutate('cancel')}
        onNo={() => ask(false)}
      />
    </Stack>
  );
}
