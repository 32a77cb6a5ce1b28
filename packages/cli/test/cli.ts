import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { run } from '../src/run.ts';
import type { Terminal } from '../src/terminal.ts';

const register = fileURLToPath(new URL('../../testkit/register-typescript.js', import.meta.url));
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command line as a process of its own, with no terminal and nothing of this environment. */
export async function recall(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  input = '',
): Promise<Ran> {
  const child = spawn(process.execPath, ['--conditions=source', '--import', register, main, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.end(input);
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
}

/** The command line in this process, at a terminal where somebody gives these answers. */
export async function recallAsked(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  answers: readonly string[],
): Promise<Ran & { readonly questions: readonly string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  const questions: string[] = [];
  const terminal: Terminal = {
    columns: 120,
    interactive: true,
    out: (text) => out.push(text),
    async pour(chunks) {
      for await (const chunk of chunks) out.push(chunk);
    },
    err: (text) => err.push(text),
    status: () => {},
    async ask(question) {
      questions.push(question);
      return answers[questions.length - 1] ?? '';
    },
    paint: (_style, text) => text,
  };
  const status = await run({ args, environment, terminal, version: '0.0.0', now: () => new Date() });
  return { status, out: out.join('\n'), err: err.join('\n'), questions };
}
