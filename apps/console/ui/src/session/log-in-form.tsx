import type { Session } from '@chat-recall/client/types';
import { Button, PasswordInput, Stack } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { request } from '../api/client.ts';
import { Problem } from '../api/problem.ts';
import { problemText } from '../parts/problem-note.tsx';
import { useWords } from '../words/index.ts';

/** The token goes to the console and is kept nowhere: the session is a cookie that scripts do not see. */
export function LogInForm({ onDone }: { readonly onDone: (session: Session) => void }) {
  const words = useWords();
  const [token, setToken] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function logIn(): Promise<void> {
    if (token.trim() === '') return setError(words.faults.blank);
    setBusy(true);
    try {
      const opened = await request<Session>('POST', '/api/v1/session', { body: { token: token.trim() } });
      setToken('');
      onDone(opened);
    } catch (problem) {
      const refused = problem instanceof Problem && [401, 422].includes(problem.status);
      setError(refused ? words.login.refused : problemText(problem, words));
    } finally {
      setBusy(false);
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    void logIn();
  }

  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <PasswordInput
          label={words.login.token}
          description={words.login.tokenHint}
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          error={error}
          autoComplete="current-password"
          data-autofocus
          name="token"
          required
        />
        <Button type="submit" loading={busy}>
          {words.login.submit}
        </Button>
      </Stack>
    </form>
  );
}
