import type { Session } from '@chat-recall/client/types';
import { Center, Modal, Paper, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { request } from '../api/client.ts';
import { useObservable } from '../api/observable.ts';
import { Problem } from '../api/problem.ts';
import { Preferences } from '../parts/preferences.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { useWords } from '../words/index.ts';
import { LogInForm } from './log-in-form.tsx';
import { expired, session, sessionStore } from './store.ts';

/**
 * Lets in who has a session, and asks everybody else for a token. A session that ends later is renewed
 * by a dialog over the page, which stays mounted with all that was typed.
 */
export function Gate({ children }: { readonly children: ReactNode }) {
  const words = useWords();
  const client = useQueryClient();
  const current = useObservable(session);
  const isExpired = useObservable(expired);
  const [error, setError] = useState<unknown>(null);

  async function look(): Promise<void> {
    setError(null);
    try {
      session.set(await request<Session>('GET', '/api/v1/session'));
    } catch (problem) {
      if (problem instanceof Problem && problem.status === 401) session.set(null);
      else setError(problem);
    }
  }
  useEffect(() => void look(), []);
  // Whoever logs in by a provider does so beside this page, and comes back to it.
  useEffect(() => {
    if (!isExpired) return undefined;
    const again = (): void => void request<Session>('GET', '/api/v1/session').then(renew, () => {});
    addEventListener('focus', again);
    return () => removeEventListener('focus', again);
  }, [isExpired]);

  function renew(next: Session): void {
    const other = sessionStore.current()?.principal.name !== next.principal.name;
    sessionStore.settle(next);
    if (other) client.clear();
    void client.invalidateQueries();
  }

  if (current === undefined) {
    return (
      <Center mih="100dvh" component="main">
        {error === null ? <Waiting /> : <ProblemNote error={error} onRetry={() => void look()} />}
      </Center>
    );
  }
  if (current === null) return <LogInPage />;
  return (
    <>
      {children}
      <Modal
        opened={isExpired}
        onClose={() => {}}
        title={words.login.expiredTitle}
        withCloseButton={false}
        closeOnEscape={false}
        closeOnClickOutside={false}
        centered
      >
        <Stack>
          <Text>{words.login.expiredText}</Text>
          <LogInForm onDone={renew} stays />
        </Stack>
      </Modal>
    </>
  );
}

function LogInPage() {
  const words = useWords();
  useEffect(() => {
    document.title = `${words.login.title} · chat-recall`;
  }, [words]);
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper withBorder p="xl" w="100%" maw={420}>
        <Stack>
          <Title order={1} size="h3">
            {words.app}
          </Title>
          <LogInForm onDone={(opened) => session.set(opened)} />
          <Preferences />
        </Stack>
      </Paper>
    </Center>
  );
}
