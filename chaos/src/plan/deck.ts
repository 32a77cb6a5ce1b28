import type { Effect, Random } from '@chat-recall/simulator';
import type { Disturbance } from '../proxy/disturbance.ts';
import * as codes from './codes.ts';
import {
  partNames,
  partsOf,
  receivers,
  workers,
  type Fault,
  type HarmedCommand,
  type LinkName,
  type PartName,
  type Queue,
} from './faults.ts';

export interface Drawn {
  readonly fault: Fault;
  readonly forMs: number;
}

/** Runs of at least so many seconds have faults at their full length. */
const fullLengthSeconds = 150;
/** Longer than the lease of a batch, so that a stopped worker loses what it had in hand, ms. */
const shortestStopMs = 11_000;

/**
 * Faults like cards from a deck that is shuffled anew when it is used up: every kind comes, in a run that
 * is long enough, and in any order.
 */
export function createDeck({ seconds, queue }: { seconds: number; queue: Queue }, random: Random): () => Drawn {
  const scale = Math.min(1, seconds / fullLengthSeconds);
  const between = (from: number, to: number): number => Math.round(from + (to - from) * random());
  const oneOf = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;

  const kill = (parts: readonly PartName[]) => (): Drawn => ({
    fault: { kind: 'kill', part: oneOf(parts) },
    forMs: between(200, 4_000),
  });
  const terminate = (parts: readonly PartName[]) => (): Drawn => ({
    fault: { kind: 'terminate', part: oneOf(parts) },
    forMs: between(1_000, 6_000),
  });
  const stop = (parts: readonly PartName[]) => (): Drawn => ({
    fault: { kind: 'stop', part: oneOf(parts) },
    forMs: Math.max(shortestStopMs, Math.round(20_000 * scale)),
  });
  const postgres = (signal: 'SIGQUIT' | 'SIGKILL') => (): Drawn => ({
    fault: { kind: 'postgres-restart', signal },
    forMs: between(50, 3_000),
  });
  const link = (name: LinkName, kind: Disturbance['kind']) => (): Drawn => ({
    fault: {
      kind: 'link',
      link: name,
      parts: random() < 0.3 ? partsOf(name, queue) : [oneOf(partsOf(name, queue))],
      disturbance: disturbance(kind),
      every: oneOf([1, 1, 2, 3]),
    },
    forMs: kind === 'reset' ? between(50, 1_500) : between(1_000, 8_000),
  });
  function disturbance(kind: Disturbance['kind']): Disturbance {
    switch (kind) {
      case 'latency':
        return { kind, ms: between(20, 1_500) };
      case 'trickle':
        return { kind, bytes: between(40, 400) };
      case 'black-hole':
      case 'hold':
      case 'reset':
        return { kind };
    }
  }
  const ofCommand = (command: HarmedCommand) => (effect: () => Effect) => (): Drawn => ({
    fault: { kind: 'platform', command, effect: effect(), share: between(10, 70) / 100 },
    forMs: between(1_000, 5_000),
  });
  const platform = ofCommand('group_msg_recall');
  const history = ofCommand('group_msg_get_simple');
  const code = (list: readonly number[], kind: 'error-code' | 'sequence-code' = 'error-code') =>
    platform(() => ({ kind, code: oneOf(list) }));

  const disturbances = ['latency', 'black-hole', 'hold', 'reset', 'trickle'] as const;
  const links: readonly LinkName[] =
    queue === 'redis' ? ['postgres', 'redis', 'platform', 'callbacks'] : ['postgres', 'platform', 'callbacks'];
  const cards: readonly (() => Drawn)[] = [
    kill(receivers),
    kill(receivers),
    kill(workers),
    kill(workers),
    kill(['console']),
    terminate(workers),
    terminate(workers),
    terminate(partNames),
    stop(workers),
    stop(workers),
    stop([...receivers, 'console']),
    postgres('SIGQUIT'),
    postgres('SIGKILL'),
    ...(queue === 'redis'
      ? [
          (): Drawn => ({ fault: { kind: 'redis-flush' }, forMs: 0 }),
          (): Drawn => ({ fault: { kind: 'redis-restart' }, forMs: 0 }),
          (): Drawn => ({ fault: { kind: 'redis-outage' }, forMs: Math.round(60_000 * scale) }),
        ]
      : []),
    ...links.flatMap((name) => disturbances.map((kind) => link(name, kind))),
    platform(() => ({ kind: 'http', status: oneOf([500, 502, 503, 504]), apply: false })),
    platform(() => ({ kind: 'http', status: oneOf([500, 502, 503, 504]), apply: true })),
    platform(() => ({ kind: 'http', status: oneOf([400, 403, 404, 429]), apply: false })),
    platform(() => ({ kind: 'reset' })),
    platform(() => ({ kind: 'apply-then-reset' })),
    platform(() => ({ kind: 'hang' })),
    platform(() => ({ kind: 'apply-then-hang' })),
    platform(() => ({ kind: 'latency', ms: between(100, 2_900) })),
    platform(() => ({ kind: 'garbage', apply: random() < 0.5 })),
    platform(() => ({ kind: oneOf(['shuffle', 'missing', 'surplus']) })),
    code(codes.throttlingCodes),
    code(codes.transientCodes),
    code(codes.transientCodes, 'sequence-code'),
    code(codes.signatureCodes),
    // Long enough for a cancelling meanwhile.
    platform(() => ({ kind: 'error-code', code: oneOf(codes.signatureCodes), ms: between(1_500, 2_900) })),
    code(codes.stoppingCodes),
    code(codes.sequenceCodes),
    code(codes.sequenceCodes, 'sequence-code'),
    code(codes.groupCodes),
    code(codes.groupCodes, 'sequence-code'),
    code(codes.otherCodes),
    code(codes.otherCodes, 'sequence-code'),
    history(() => ({ kind: 'latency', ms: between(500, 2_900) })),
    history(() => ({ kind: 'http', status: oneOf([500, 502, 503, 504]) })),
    history(() => ({ kind: 'hang' })),
    ...(seconds >= fullLengthSeconds ? [code([codes.slowCode])] : []),
  ];
  let left: (() => Drawn)[] = [];
  return () => {
    if (left.length === 0) left = [...cards];
    const [card] = left.splice(Math.floor(random() * left.length), 1);
    return (card as () => Drawn)();
  };
}
