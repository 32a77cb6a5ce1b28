import type { Plan, Recall } from '@chat-recall/client/types';
import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { request } from '../api/client.ts';
import { Problem } from '../api/problem.ts';
import { ButtonLink } from '../parts/link.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { draftLink } from '../recall/draft.ts';
import { useMay, useSession } from '../session/use-session.ts';
import { useWords } from '../words/index.ts';

/** Lets a plan run, or approves it: the last step before messages go. */
export function RunPlan({ recall, plan }: { readonly recall: Recall; readonly plan: Plan }) {
  const words = useWords();
  const may = useMay();
  const { principal, settings } = useSession();
  const [open, setOpen] = useState(false);
  const approves = recall.state === 'awaiting_approval';
  const offered =
    (plan.toCall > 0 || recall.follow !== null) &&
    ((recall.state === 'planned' && may.recall) ||
      // The API knows persons; this only spares the requester a refusal.
      (approves && may.approve && recall.requestedBy !== principal.name));
  const label = useRunLabel(recall, plan);
  if (!offered) return null;
  const tooLarge = !approves && principal.maxMessages !== null && plan.toCall > principal.maxMessages;
  const waits = !approves && settings.approveAbove !== null && plan.toCall > settings.approveAbove;
  return (
    <Stack gap="xs" align="start">
      {waits && <Text size="sm">{words.plan.willWait(settings.approveAbove ?? 0)}</Text>}
      {tooLarge ? (
        <Alert color="orange" variant="outline">
          {words.plan.tooLarge(principal.maxMessages ?? 0)}
        </Alert>
      ) : (
        <Button color="red" size="md" onClick={() => setOpen(true)}>
          {label}
        </Button>
      )}
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={words.plan.confirmTitle}
        closeButtonProps={{ 'aria-label': words.close }}
      >
        <Confirm recall={recall} plan={plan} onDone={() => setOpen(false)} />
      </Modal>
    </Stack>
  );
}

function useRunLabel({ state }: Recall, { toCall }: Plan): string {
  const words = useWords();
  if (state === 'awaiting_approval') return words.recall.approve(toCall);
  return toCall === 0 ? words.follow.start : words.recall.execute(toCall);
}

function Confirm({
  recall,
  plan,
  onDone,
}: {
  readonly recall: Recall;
  readonly plan: Plan;
  readonly onDone: () => void;
}) {
  const words = useWords();
  const { settings } = useSession();
  const client = useQueryClient();
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const approves = recall.state === 'awaiting_approval';
  const label = useRunLabel(recall, plan);
  const mustType = plan.toCall > settings.confirmAbove;
  const run = useMutation({
    mutationFn: (confirmDrift: boolean) =>
      request<Recall>('POST', `/api/v1/recalls/${recall.id}/${approves ? 'approve' : 'execute'}`, {
        body: confirmDrift ? { confirmDrift } : {},
      }),
    onSuccess: (next) => {
      client.setQueryData(['recall', recall.id], next);
      onDone();
    },
    onError: async (problem) => {
      if (!(problem instanceof Problem) || problem.code !== 'conflict') return;
      // It may run already: a second click, another tab, another person.
      const now = await request<Recall>('GET', `/api/v1/recalls/${recall.id}`).catch(() => null);
      if (now === null || now.state === recall.state) return;
      client.setQueryData(['recall', recall.id], now);
      onDone();
    },
  });
  const refused = run.error instanceof Problem && run.error.code === 'plan_drift' ? run.error.drift : null;
  const drift = refused ?? plan.drift;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (run.isPending) return;
    const isWrong = mustType && typed.replaceAll(/[\s,.]/gu, '') !== String(plan.toCall);
    setWrong(isWrong);
    if (!isWrong) run.mutate(drift !== null);
  }

  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{words.plan.confirmText}</Text>
        {drift !== null && (
          <Alert color="orange" variant="outline" title={words.plan.driftTitle} role="alert">
            <Stack gap="xs" align="start">
              {words.plan.drift(drift.frozen, drift.now)}
              <ButtonLink to={draftLink(recall.selector)} variant="default" size="compact-sm">
                {words.plan.driftNew}
              </ButtonLink>
            </Stack>
          </Alert>
        )}
        {mustType && (
          <TextInput
            label={words.plan.typeNumber(plan.toCall)}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            error={wrong ? words.plan.typeWrong(plan.toCall) : null}
            inputMode="numeric"
            autoComplete="off"
            data-autofocus
          />
        )}
        {refused === null && <ProblemNote error={run.error} />}
        <Group>
          <Button type="submit" color="red" loading={run.isPending}>
            {drift !== null ? words.plan.driftConfirm : label}
          </Button>
          <Button variant="default" onClick={onDone} {...(mustType ? {} : { 'data-autofocus': true })}>
            {words.cancel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
