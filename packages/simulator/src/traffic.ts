import { pick, seededRandom } from './random.ts';
import { sampleBody } from './samples/sample-element.ts';
import type { Scene } from './scene.ts';

/** Living demo traffic. */
export interface Traffic {
  /** Sends what is due after so many milliseconds; `start` calls it by a timer. */
  advance(elapsedMs: number): void;
  start(): void;
  stop(): void;
}

export interface TrafficOptions {
  /** Messages a second. */
  readonly perSecond: number;
  readonly seed?: number;
  /** Ends the groups' ids. A stand-in that is started anew counts from 1 again: it needs groups of its own. */
  readonly tag?: string;
}

const tickMs = 100;
const people = ['mira', 'tomas', 'wei', 'lina', 'omar', 'spammer42'];

/** A few people writing into a few groups, one topic of a community and one live group, `perSecond` messages a second. */
export function createTraffic(scene: Scene, options: TrafficOptions): Traffic {
  const { tag = '01' } = options;
  const random = seededRandom(options.seed ?? 1);
  const places = [
    { groupId: `@TGS#2LOBBY${tag}`, type: 'Public' },
    { groupId: `@TGS#2TRADE${tag}`, type: 'ChatRoom' },
    { groupId: `@TGS#_@TGS#cSQUARE${tag}`, type: 'Community', topics: ['general'] },
    { groupId: `@TGS#aLIVE${tag}`, type: 'AVChatRoom' },
  ] as const;
  const addPlaces = () =>
    places.map((place) => {
      const { groupId, topicIds } = scene.addGroup(place);
      return { groupId, topicId: topicIds[0] ?? null };
    });
  let due = 0;
  let timer: NodeJS.Timeout | undefined;
  const traffic: Traffic = {
    advance(elapsedMs) {
      // Each time anew, since a reset forgets groups.
      const conversations = addPlaces();
      due += (options.perSecond * elapsedMs) / 1000;
      for (; due >= 1; due -= 1) {
        scene.send({ ...pick(random, conversations), from: pick(random, people), body: sampleBody(random) });
      }
    },
    start() {
      let last = performance.now();
      timer = setInterval(() => {
        const now = performance.now();
        traffic.advance(now - last);
        last = now;
      }, tickMs);
    },
    stop: () => clearInterval(timer),
  };
  return traffic;
}
