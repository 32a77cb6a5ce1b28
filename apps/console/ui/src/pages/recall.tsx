import type { Recall } from '@chat-recall/client/types';
import { Alert, Badge, Group, Loader, Paper, Stack, Tabs, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { Pace } from '../api/types.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Time } from '../parts/time.tsx';
import { SelectorView } from '../recall/selector-view.tsx';
import { useRecall } from '../recall/use-recall.ts';
import { useMay, useSession } from '../session/use-session.ts';
import { Waiting } from '../parts/waiting.tsx';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';
import { ApproveRule } from './approve-rule.tsx';
import { RecallActions } from './recall-actions.tsx';
import { CheckPanel } from './recall-check.tsx';
import { ProgressTab } from './recall-progress.tsx';

const PlanTab = lazy(async () => ({ default: (await import('./recall-plan.tsx')).PlanTab }));
const OutcomesTab = lazy(async () => ({ default: (await import('./recall-outcomes.tsx')).OutcomesTab }));
const EvidenceTab = lazy(async () => ({ default: (await import('./recall-evidence.tsx')).EvidenceTab }));

type Tab = 'plan' | 'progress' | 'outcomes' | 'evidence';

export function RecallPage({ id }: { readonly id: string }) {
  const words = useWords();
  const found = useRecall(id);
  const recall = found.data;
  return (
    <Page
      title={recall?.rule == null ? words.recall.title : words.rules.rule}
      actions={recall !== undefined && <RecallActions recall={recall} />}
    >
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isLoading && <Waiting />}
      {recall !== undefined && <Recalled recall={recall} live={found.live} />}
    </Page>
  );
}

function Recalled({ recall, live }: { readonly recall: Recall & Partial<Pace>; readonly live: boolean }) {
  const words = useWords();
  const language = useLanguage();
  const may = useMay();
  const { principal } = useSession();
  const isRule = recall.rule !== null;
  const waits = !isRule && (recall.state === 'planned' || recall.state === 'awaiting_approval');
  const [chosen, choose] = useState<Tab | null>(null);
  // A plan that waits is what there is to look at; of one that runs, how it goes.
  const tab = chosen ?? (waits ? 'plan' : 'progress');
  return (
    <Stack>
      <About recall={recall} />
      {recall.state === 'awaiting_approval' && (
        <Alert color="violet" variant="outline">
          {principal.name === recall.requestedBy ? words.recall.awaitingYours : words.recall.awaiting}
        </Alert>
      )}
      {recall.stateNote !== null && (
        <Alert color="orange" variant="outline">
          {recall.stateCause?.[language] ?? recall.stateNote}
          {recall.pauseCode !== null && ` (${recall.pauseCode})`}
        </Alert>
      )}
      <ApproveRule recall={recall} />
      {recall.check !== null && <CheckPanel id={recall.id} check={recall.check} of={recall.counts.planned} />}
      {recall.state === 'planning' ? (
        <Group role="status">
          <Loader size="sm" aria-hidden />
          <Text>{words.recall.planning}</Text>
        </Group>
      ) : (
        <Tabs value={tab} onChange={(value) => choose(value as Tab)} keepMounted={false}>
          <Tabs.List aria-label={words.recall.tabsLabel}>
            <Tabs.Tab value="progress">{words.recall.tabs.progress}</Tabs.Tab>
            {!isRule && <Tabs.Tab value="plan">{words.recall.tabs.plan}</Tabs.Tab>}
            <Tabs.Tab value="outcomes">{words.recall.tabs.outcomes}</Tabs.Tab>
            {may.readText && <Tabs.Tab value="evidence">{words.recall.tabs.evidence}</Tabs.Tab>}
          </Tabs.List>
          <Suspense fallback={<Waiting m="md" />}>
            <Tabs.Panel value="progress" pt="md">
              <ProgressTab recall={recall} live={live} />
            </Tabs.Panel>
            <Tabs.Panel value="plan" pt="md">
              <PlanTab recall={recall} />
            </Tabs.Panel>
            <Tabs.Panel value="outcomes" pt="md">
              <OutcomesTab recall={recall} />
            </Tabs.Panel>
            <Tabs.Panel value="evidence" pt="md">
              <EvidenceTab id={recall.id} />
            </Tabs.Panel>
          </Suspense>
        </Tabs>
      )}
    </Stack>
  );
}

function About({ recall }: { readonly recall: Recall }) {
  const words = useWords();
  const { approval, canary } = recall;
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Group gap="sm">
          <StateBadge state={recall.state} />
          {recall.priority !== 'normal' && (
            <Badge variant="outline" className="tint tint-gray">
              {words.create.priorities[recall.priority]}
            </Badge>
          )}
          {recall.rule !== null && (
            <Badge variant="outline" className="tint tint-violet">
              {recall.rule.name ?? words.rules.unnamed}
            </Badge>
          )}
          {canary !== null && (
            <Badge variant="outline" className="tint tint-violet">
              {words.recall.canary(canary.messages)} {words.recall.canaryStates[canary.state]}
            </Badge>
          )}
        </Group>
        <Text fw={600} size="lg" style={{ overflowWrap: 'anywhere' }}>
          <bdi>{recall.reason}</bdi>
        </Text>
        <Text size="sm" component="div">
          <SelectorView of={recall.selector} />
        </Text>
        <Group gap="lg">
          <Deed label={words.recall.askedBy} who={recall.requestedBy} at={recall.createdAt} />
          {recall.executedBy !== null && (
            <Deed label={words.recall.executedBy} who={recall.executedBy} at={recall.startedAt} />
          )}
          {approval?.approvedBy != null && (
            <Deed label={words.recall.approvedBy} who={approval.approvedBy} at={approval.approvedAt} />
          )}
          {recall.finishedAt !== null && <Deed label={words.recall.finished} who="" at={recall.finishedAt} />}
          {recall.detailsDroppedAt !== null && (
            <Deed label={words.recall.detailsDropped} who="" at={recall.detailsDroppedAt} />
          )}
        </Group>
      </Stack>
    </Paper>
  );
}

function Deed({ label, who, at }: { readonly label: string; readonly who: string; readonly at: string | null }) {
  return (
    <Text size="sm">
      <span className="muted">{label}:</span> {who !== '' && <bdi>{who}</bdi>} {at !== null && <Time at={at} />}
    </Text>
  );
}
