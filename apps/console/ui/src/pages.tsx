import { Button, Stack, Text } from '@mantine/core';
import { Component, lazy, Suspense, type ReactNode } from 'react';
import { Route, Switch } from 'wouter';
import { ProblemNote } from './parts/problem-note.tsx';
import { Waiting } from './parts/waiting.tsx';
import { useWords } from './words/index.ts';

const SearchPage = lazy(async () => ({ default: (await import('./pages/search.tsx')).SearchPage }));
const RecallsPage = lazy(async () => ({ default: (await import('./pages/recalls.tsx')).RecallsPage }));
const NewRecallPage = lazy(async () => ({ default: (await import('./pages/new-recall.tsx')).NewRecallPage }));
const RecallPage = lazy(async () => ({ default: (await import('./pages/recall.tsx')).RecallPage }));
const SendersPage = lazy(async () => ({ default: (await import('./pages/senders.tsx')).SendersPage }));
const ProtectedPage = lazy(async () => ({ default: (await import('./pages/protected.tsx')).ProtectedPage }));
const AuditPage = lazy(async () => ({ default: (await import('./pages/audit.tsx')).AuditPage }));
const HealthPage = lazy(async () => ({ default: (await import('./pages/health.tsx')).HealthPage }));
const QueuesPage = lazy(async () => ({ default: (await import('./pages/queues.tsx')).QueuesPage }));
const RulesPage = lazy(async () => ({ default: (await import('./pages/rules.tsx')).RulesPage }));
const NewRulePage = lazy(async () => ({ default: (await import('./pages/new-rule.tsx')).NewRulePage }));
const CoveragePage = lazy(async () => ({ default: (await import('./pages/coverage.tsx')).CoveragePage }));
const BackfillsPage = lazy(async () => ({ default: (await import('./pages/backfills.tsx')).BackfillsPage }));
const BackfillPage = lazy(async () => ({ default: (await import('./pages/backfill.tsx')).BackfillPage }));
const ErasuresPage = lazy(async () => ({ default: (await import('./pages/erasures.tsx')).ErasuresPage }));
const AccessPage = lazy(async () => ({ default: (await import('./pages/access.tsx')).AccessPage }));

/** Each page is a file of its own, loaded when it is opened. */
export function Pages() {
  const words = useWords();
  return (
    <Broken>
      <Suspense fallback={<Waiting />}>
        <Switch>
          <Route path="/">
            <SearchPage />
          </Route>
          <Route path="/recalls">
            <RecallsPage />
          </Route>
          <Route path="/recalls/new">
            <NewRecallPage />
          </Route>
          <Route path="/recalls/:id">{({ id }) => <RecallPage key={id} id={id} />}</Route>
          <Route path="/senders">
            <SendersPage />
          </Route>
          <Route path="/protected">
            <ProtectedPage />
          </Route>
          <Route path="/audit">
            <AuditPage />
          </Route>
          <Route path="/health">
            <HealthPage />
          </Route>
          <Route path="/queue">
            <QueuesPage />
          </Route>
          <Route path="/rules">
            <RulesPage />
          </Route>
          <Route path="/rules/new">
            <NewRulePage />
          </Route>
          <Route path="/coverage">
            <CoveragePage />
          </Route>
          <Route path="/backfills">
            <BackfillsPage />
          </Route>
          <Route path="/backfills/:id">{({ id }) => <BackfillPage key={id} id={id} />}</Route>
          <Route path="/erasures">
            <ErasuresPage />
          </Route>
          <Route path="/access">
            <AccessPage />
          </Route>
          <Route>
            <Text>{words.notFound}</Text>
          </Route>
        </Switch>
      </Suspense>
    </Broken>
  );
}

/** A page that cannot be loaded (an update took its file away) or that breaks does not take the frame with it. */
class Broken extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    return this.state.error === null ? this.props.children : <Reload error={this.state.error} />;
  }
}

function Reload({ error }: { readonly error: unknown }) {
  const words = useWords();
  return (
    <Stack align="start">
      <Text>{words.newVersion}</Text>
      <ProblemNote error={error} />
      <Button onClick={() => location.reload()}>{words.reload}</Button>
    </Stack>
  );
}
