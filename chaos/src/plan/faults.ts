import type { Effect } from '@chat-recall/simulator';
import type { Disturbance } from '../proxy/disturbance.ts';

/** The processes that are killed and stopped. */
export const receivers = ['receiver-1', 'receiver-2'] as const;
export const workers = ['worker-1', 'worker-2', 'worker-3'] as const;
export const partNames = [...receivers, ...workers, 'console'] as const;
export type PartName = (typeof partNames)[number];

/** What a proxy stands in: `callbacks` leads from the sender to a receiver, the others from a part to a store or the platform. */
export const linkNames = ['postgres', 'redis', 'platform', 'callbacks'] as const;
export type LinkName = (typeof linkNames)[number];

export type Queue = 'redis' | 'postgres';

/** Which parts have a link of that name. */
export function partsOf(link: LinkName, queue: Queue): readonly PartName[] {
  switch (link) {
    case 'postgres':
      return partNames;
    case 'redis':
      return queue === 'redis' ? [...workers, 'console'] : [];
    case 'platform':
      return workers;
    case 'callbacks':
      return receivers;
  }
}

/** Something that is done to the system. What it does for a while, it does for `forMs` of the planned fault. */
export type Fault =
  /** SIGKILL; started again afterwards. */
  | { readonly kind: 'kill'; readonly part: PartName }
  /** SIGTERM, so that it stops in an orderly way; started again afterwards. */
  | { readonly kind: 'terminate'; readonly part: PartName }
  /** SIGSTOP, afterwards SIGCONT. */
  | { readonly kind: 'stop'; readonly part: PartName }
  /** Postgres ends at once, without a checkpoint; started again afterwards. */
  | { readonly kind: 'postgres-restart'; readonly signal: 'SIGQUIT' | 'SIGKILL' }
  | { readonly kind: 'redis-flush' }
  /** Redis ends and comes back empty. */
  | { readonly kind: 'redis-restart' | 'redis-outage' }
  /** `every: n`: of the connections, each n-th that was made. */
  | {
      readonly kind: 'link';
      readonly link: LinkName;
      readonly parts: readonly PartName[];
      readonly disturbance: Disturbance;
      readonly every: number;
    }
  /** The platform answers a share of the calls of one command otherwise. */
  | { readonly kind: 'platform'; readonly command: HarmedCommand; readonly effect: Effect; readonly share: number };

/** Recalls, and pages of history. */
export type HarmedCommand = 'group_msg_recall' | 'group_msg_get_simple';

export interface PlannedFault {
  /** From the beginning of the run, ms. */
  readonly at: number;
  readonly forMs: number;
  readonly fault: Fault;
}

/** What a fault needs for itself while it lasts: two at once would undo each other. */
export function resourcesOf(fault: Fault): readonly string[] {
  switch (fault.kind) {
    case 'kill':
    case 'terminate':
    case 'stop':
      return [`part ${fault.part}`];
    case 'postgres-restart':
      return ['postgres'];
    case 'redis-flush':
    case 'redis-restart':
    case 'redis-outage':
      return ['redis'];
    case 'link':
      return fault.parts.map((part) => `link ${part} ${fault.link}`);
    case 'platform':
      return [`platform ${fault.command}`];
  }
}

/** Whether a fault meets a part: itself, one of its links, or a store or the platform, which are everybody's. */
export function meets(fault: Fault, part: PartName): boolean {
  switch (fault.kind) {
    case 'kill':
    case 'terminate':
    case 'stop':
      return fault.part === part;
    case 'link':
      return fault.parts.includes(part);
    case 'postgres-restart':
    case 'redis-flush':
    case 'redis-restart':
    case 'redis-outage':
    case 'platform':
      return true;
  }
}

/** A fault in the words of the table. */
export function describeFault(fault: Fault): { readonly kind: string; readonly target: string; readonly how: string } {
  switch (fault.kind) {
    case 'kill':
      return { kind: 'kill', target: fault.part, how: 'SIGKILL' };
    case 'terminate':
      return { kind: 'terminate', target: fault.part, how: 'SIGTERM' };
    case 'stop':
      return { kind: 'stop', target: fault.part, how: 'SIGSTOP' };
    case 'postgres-restart':
      return { kind: fault.kind, target: 'postgres', how: fault.signal };
    case 'redis-flush':
      return { kind: fault.kind, target: 'redis', how: 'FLUSHALL' };
    case 'redis-restart':
    case 'redis-outage':
      return { kind: fault.kind, target: 'redis', how: 'SIGKILL' };
    case 'link': {
      const { disturbance, every, parts, link } = fault;
      const amount =
        disturbance.kind === 'latency'
          ? ` of ${disturbance.ms} ms`
          : disturbance.kind === 'trickle'
            ? ` of ${disturbance.bytes} bytes`
            : '';
      return {
        kind: `link ${disturbance.kind}`,
        target: `${parts.join(', ')} · ${link}`,
        how: `${disturbance.kind}${amount}${every === 1 ? '' : `, each ${every}. connection`}`,
      };
    }
    case 'platform': {
      const { kind, ...more } = fault.effect;
      const details = Object.entries(more).map(([name, value]) => ` ${name} ${value}`);
      const history = fault.command === 'group_msg_get_simple';
      return {
        kind: `${history ? 'history' : 'platform'} ${kind}`,
        target: history ? 'stand-in · history' : 'stand-in',
        how: `${kind}${details.join(',')}, ${Math.round(fault.share * 100)} % of calls`,
      };
    }
  }
}
