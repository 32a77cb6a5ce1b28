import type { LogInWays, Session } from '@chat-recall/client/types';
import { Alert, Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { request } from '../api/client.ts';
import { Problem } from '../api/problem.ts';
import { problemText } from '../parts/problem-note.tsx';
import { useWords } from '../words/index.ts';

interface LogInFormProps {
  readonly onDone: (session: Session) => void;
  /** Whether the page stays: the provider of identities then opens beside it. */
  readonly stays?: boolean;
}

/** The token goes to the console and is kept nowhere: the session is a cookie that scripts do not see. */
export function LogInForm({ onDone, stays = false }: LogInFormProps) {
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
        <ByProvider stays={stays} />
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

/** Why the provider of identities sent the browser back without a session; told once. */
const failure = new URLSearchParams(location.search).get('logIn');
if (failure !== null) history.replaceState(null, '', location.pathname);

/** A link and no form: the policy lets the page send forms nowhere. */
function ByProvider({ stays }: { readonly stays: boolean }) {
  const words = useWords();
  const { data } = useQuery({
    queryKey: ['log-in-ways'],
    queryFn: () => request<LogInWays>('GET', '/api/v1/session/ways'),
    staleTime: Infinity,
  });
  const provider = data?.provider ?? null;
  const cause = failure === null || stays ? undefined : words.login.causes[failure];
  return (
    <>
      {cause !== undefined && (
        <Alert color="red" variant="outline" role="alert">
          {cause}
        </Alert>
      )}
      {provider !== null && (
        <>
          <Button
            component="a"
            href={`${provider.path}?to=${encodeURIComponent(stays ? '/' : location.pathname + location.search)}`}
            {...(stays ? { target: '_blank', rel: 'noopener' } : {})}
          >
            {words.login.provider(provider.name)}
          </Button>
          <Text size="sm" ta="center">
            {words.login.or}
          </Text>
        </>
      )}
    </>
  );
}
