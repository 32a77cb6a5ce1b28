import { spawn } from 'node:child_process';

/**
 * Ends a server whose owner is gone, whatever way the owner went (kill -9 included). POSIX sh, because
 * it must outlive the owner and cost nothing: 1 MB, one look every half second. A zombie counts as
 * gone: in a container nobody may ever reap it.
 */
const script = `
alive() { kill -0 "$1" 2>/dev/null && ! grep -qs '^State:[[:space:]]*[ZX]' "/proc/$1/status"; }
pause() { sleep 0.5 2>/dev/null || sleep 1; }
while alive "$1" && alive "$2"; do pause; done
alive "$1" && exit 0
alive "$2" && kill -s "$3" "$2"
n=0; while alive "$2" && [ "$n" -lt 60 ]; do pause; n=$((n+1)); done
alive "$2" && kill -s KILL "$2"
[ -z "$4" ] || rm -rf -- "$4"
`;

export interface Guarded {
  /** The process whose end ends the server. */
  readonly ownerPid: number;
  readonly serverPid: number;
  /** What the server is sent, without `SIG`; KILL follows after 30 s. */
  readonly signal: 'INT' | 'QUIT' | 'TERM' | 'KILL';
  /** A folder to remove when the owner is gone. */
  readonly remove?: string;
}

/** Starts a guard that ends with the server or, at most about a second later, the server with its owner. */
export function guardServer({ ownerPid, serverPid, signal, remove }: Guarded): void {
  const guard = spawn(
    '/bin/sh',
    ['-c', script, 'chat-recall-guard', String(ownerPid), String(serverPid), signal, remove ?? ''],
    {
      // A session of its own: Ctrl-C in the terminal is for the owner alone.
      detached: true,
      stdio: 'ignore',
      cwd: '/',
      env: { PATH: `${process.env['PATH'] ?? ''}:/usr/bin:/bin` },
    },
  );
  // Without a shell there is no guard, and the server still runs.
  guard.on('error', () => {});
  guard.unref();
}
