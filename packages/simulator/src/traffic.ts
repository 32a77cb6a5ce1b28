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

const tickMs = 100;
const community = '@TGS#_@TGS#cSQUARE01';
const people = ['mira', 'tomas', 'wei', 'lina', 'omar', 'spammer42'];

/** A few people writing into a few groups, one topic of a community and one live group, `perSecond` messages a second. */
export function createTraffic(scene: Scene, options: { readonly perSecond: number; readonly seed?: number }): Traffic {
  const random = seededRandom(options.seed ?? 1);
  const places = [
    { groupId: '@TGS#2LOBBY01', type: 'Public' },
    { groupId: '@TGS#2TRADE01', type: 'ChatRoom' },
    { groupId: community, type: 'Community', topics: ['general'] },
    { groupId: '@TGS#aLIVE01', type: 'AVChatRoom' },
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
