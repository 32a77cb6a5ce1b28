import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BenchContext } from '../bench.ts';
import type { Order, SenderOptions, Sent } from './orders.ts';

export interface Sender {
  /** One order at a time. */
  send(order: Order): Promise<Sent>;
}

/** A process of its own that sends callbacks. */
export async function startSender(options: SenderOptions, onEnd: BenchContext['onEnd']): Promise<Sender> {
  const script = fileURLToPath(new URL('sender-process.js', import.meta.url));
  const child = fork(script, [JSON.stringify(options)]);
  const exited = once(child, 'exit').then(() => {
    throw new Error('the sending process ended');
  });
  exited.catch(() => {});
  onEnd('sender', () => {
    child.kill();
    return Promise.resolve();
  });
  const answer = async (): Promise<unknown> => {
    const [message] = (await Promise.race([once(child, 'message'), exited])) as unknown[];
    return message;
  };
  await answer();
  return {
    async send(order) {
      child.send(order);
      return (await answer()) as Sent;
    },
  };
}
