/** What the platform wants as an answer (intl 34375). */
export const ok = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 };

/** Tells whoever started this process where it listens, as our processes do. */
export function tellReady(address: unknown): void {
  const { port } = address as { port: number };
  process.stdout.write(`${JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${port}` })}\n`);
}
