import type { BackfillDetails } from '@chat-recall/client/types';
import { Alert, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../api/client.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Figure, Figures } from '../parts/figure.tsx';
import { TextLink } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Time } from '../parts/time.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { useMay } from '../session/use-session.ts';
import { useFormat } from '../words/format.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';
import { BackfillBadge } from './backfill-badge.tsx';
import { BackfillParts } from './backfill-parts.tsx';

const open = ['listing', 'running', 'paused'];

export function BackfillPage({ id }: { readonly id: string }) {
  const words = useWords();
  const found = useQuery({
    queryKey: ['backfill', id],
    queryFn: ({ signal }) => request<BackfillDetails>('GET', `/api/v1/backfills/${id}`, { signal }),
    refetchInterval: ({ state }) => (state.data === undefined || open.includes(state.data.state) ? 2_000 : false),
  });
  const backfill = found.data;
  return (
    <Page title={words.backfill.one} actions={backfill !== undefined && <Actions of={backfill} />}>
      <TextLink to="/backfills">{words.backfill.all}</TextLink>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isLoading && <Waiting />}
      {backfill !== undefined && <Shown of={backfill} />}
    </Page>
  );
}

type Act = 'pause' | 'resume' | 'cancel';

function useAct(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: Act) => request<BackfillDetails>('POST', `/api/v1/backfills/${id}/${name}`),
    onSuccess: (next) => client.setQueryData(['backfill', id], next),
    // It may have ended meanwhile.
    onError: () => client.invalidateQueries({ queryKey: ['backfill', id] }),
  });
}

function Actions({ of: { id, state, cause } }: { readonly of: BackfillDetails }) {
  const words = useWords();
  const may = useMay();
  const [asking, ask] = useState(false);
  const act = useAct(id);
  if (!may.administer) return null;
  const button = (name: Act, label: string) => (
    <Button
      variant={name === 'resume' ? 'filled' : 'default'}
      loading={act.isPending && act.variables === name}
      onClick={() => (name === 'cancel' ? ask(true) : act.mutate(name))}
    >
      {label}
    </Button>
  );
  return (
    <Stack gap="xs" align="end">
      <Group gap="xs">
        {(state === 'listing' || state === 'running') && button('pause', words.backfill.pause)}
        {state === 'paused' && cause?.code !== 'estimate_ready' && button('resume', words.backfill.resume)}
        {state === 'failed' && button('resume', words.backfill.retry)}
        {open.includes(state) && button('cancel', words.backfill.cancel)}
      </Group>
      <ProblemNote error={act.error} />
      <Confirm
        opened={asking}
        title={words.backfill.cancelTitle}
        text={words.backfill.cancelText}
        yes={words.backfill.cancel}
        no={words.backfill.cancelKeep}
        busy={act.isPending}
        onYes={() => act.mutate('cancel', { onSettled: () => ask(false) })}
        onNo={() => ask(false)}
      />
    </Stack>
  );
}

function Shown({ of }: { readonly of: BackfillDetails }) {
  const words = useWords();
  const format = useFormat();
  const language = useLanguage();
  const { parts, calls } = of;
  const read = parts.total - parts.excluded;
  const done = parts.done + parts.failed;
  const seconds = (value: number | null): string => (value === null ? '–' : format.duration(value));
  return (
    <Stack>
      <Group gap="lg">
        <BackfillBadge state={of.state} />
        <Text size="sm">
          {words.backfill.kinds[of.kind]} · {words.backfill.since} <Time at={of.since} />
        </Text>
        <Text size="sm">
          <span className="muted">{words.backfill.asked}:</span> <bdi>{of.requestedBy}</bdi> <Time at={of.createdAt} />
        </Text>
        {of.finishedAt !== null && (
          <Text size="sm">
            <span className="muted">{words.recall.finished}:</span> <Time at={of.finishedAt} />
          </Text>
        )}
      </Group>
      {of.cause !== null && of.cause.code !== 'estimate_ready' && (
        <Alert color="orange" variant="outline">
          {of.cause[language]}
        </Alert>
      )}
      {of.state === 'paused' && of.cause?.code === 'estimate_ready' && <Estimate of={of} />}
      <Stack gap={4}>
        <Text size="sm">{words.recall.done(format.number(done), format.number(read))}</Text>
        <Progress size="lg" value={read === 0 ? 0 : (100 * done) / read} aria-label={words.backfill.bar} />
      </Stack>
      <Figures>
        {of.groups !== null && <Figure label={words.backfill.groups}>{format.number(of.groups)}</Figure>}
        <Figure label={words.backfill.parts} id="parts">
          {format.number(parts.total)}
          {parts.excluded > 0 && (
            <Text size="sm" fw={400}>
              {words.backfill.partsLeftOut(format.number(parts.excluded))}
            </Text>
          )}
        </Figure>
        <Figure label={words.backfill.missing} id="missing">
          {format.number(of.missing)}
        </Figure>
        <Figure label={words.backfill.calls}>
          {words.backfill.callsOf(format.number(calls.made), format.number(calls.left))}
        </Figure>
        <Figure label={words.backfill.rate}>
          {calls.limit === null
            ? '–'
            : words.backfill.rateOf(format.number(calls.perSecond), format.number(calls.limit))}
        </Figure>
        <Figure label={words.backfill.messages} id="added">
          {format.number(of.messages)}
        </Figure>
        <Figure label={words.backfill.eta}>{seconds(of.secondsLeft)}</Figure>
      </Figures>
      <BackfillParts of={of} />
    </Stack>
  );
}

/** What reading will cost, before any of it is read. */
function Estimate({ of: { id, parts, missing, calls, estimatedSeconds } }: { readonly of: BackfillDetails }) {
  const words = useWords();
  const format = useFormat();
  const may = useMay();
  const act = useAct(id);
  const time = estimatedSeconds === null ? '–' : format.duration(estimatedSeconds);
  return (
    <Alert variant="outline" title={words.backfill.estimateTitle} data-estimate>
      <Stack gap="xs" align="start">
        <Text size="sm">
          {words.backfill.estimateText(
            format.number(parts.total - parts.excluded),
            format.number(missing),
            format.number(calls.estimated),
            time,
          )}
        </Text>
        <ProblemNote error={act.error} />
        {may.administer && (
          <Button loading={act.isPending} onClick={() => act.mutate('resume')}>
            {words.backfill.read}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
