import type { Socket } from 'node:net';
import { preciseNow, trickleEveryMs, type Disturbance } from './disturbance.ts';

/** What waits before the side that sends is held up, bytes. */
const fullBytes = 1024 * 1024;

/** Told of every piece that went on, with when it had come in and when its first bytes went on: Unix milliseconds. */
export type OnForwarded = (piece: Buffer, receivedAt: number, forwardedAt: number) => void;

export interface PipeOptions {
  readonly from: Socket;
  readonly to: Socket;
  /** What befalls the connection at this moment. */
  readonly disturbance: () => Disturbance | undefined;
  /** Something was swallowed. */
  readonly onSwallowed: () => void;
  readonly onForwarded?: OnForwarded | undefined;
}

/** One direction of a connection. */
export interface Pipe {
  /** Looks again at what waits: the disturbance has changed. */
  flush(): void;
}

interface Waiting {
  readonly piece: Buffer;
  rest: Buffer;
  readonly receivedAt: number;
  forwardedAt?: number;
  readonly dueAt: number;
}

export function createPipe({ from, to, disturbance, onSwallowed, onForwarded }: PipeOptions): Pipe {
  const queue: Waiting[] = [];
  let bytes = 0;
  let ended: 'no' | 'half' | 'closed' = 'no';
  let timer: NodeJS.Timeout | undefined;

  function later(ms: number): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      pump();
    }, ms);
  }

  function pump(): void {
    if (timer !== undefined) return;
    for (;;) {
      const now = disturbance();
      if (now?.kind === 'hold' || now?.kind === 'black-hole' || to.destroyed || to.writableNeedDrain) return;
      const [first] = queue;
      if (first === undefined) break;
      const wait = first.dueAt - preciseNow();
      if (wait > 0) return later(wait);
      const piece = now?.kind === 'trickle' ? first.rest.subarray(0, now.bytes) : first.rest;
      first.rest = first.rest.subarray(piece.length);
      bytes -= piece.length;
      first.forwardedAt ??= preciseNow();
      to.write(piece);
      if (first.rest.length === 0) {
        queue.shift();
        onForwarded?.(first.piece, first.receivedAt, first.forwardedAt);
      }
      if (now?.kind === 'trickle') return later(trickleEveryMs);
      if (bytes < fullBytes) from.resume();
    }
    if (ended === 'half') to.end();
    if (ended === 'closed') to.destroySoon();
  }

  from.on('data', (piece: Buffer) => {
    const now = disturbance();
    if (now?.kind === 'black-hole') return onSwallowed();
    const receivedAt = preciseNow();
    queue.push({ piece, rest: piece, receivedAt, dueAt: receivedAt + (now?.kind === 'latency' ? now.ms : 0) });
    bytes += piece.length;
    if (bytes >= fullBytes) from.pause();
    pump();
  });
  from.on('end', () => {
    if (ended === 'no') ended = 'half';
    pump();
  });
  from.on('close', () => {
    ended = 'closed';
    pump();
  });
  to.on('drain', pump);
  to.on('close', () => clearTimeout(timer));
  return { flush: pump };
}
