import { setTimeout as pause } from 'node:timers/promises';
import type { GroupType, NewGroup, NewMessage, Random } from '@chat-recall/simulator';
import type { Platform } from '../parts/platform.ts';
import { scene } from '../plan/scene.ts';
import type { Sender } from './sender.ts';

const types: readonly GroupType[] = ['Public', 'Work', 'Meeting', 'Public', 'Community'];
/** Of live groups only the last hour can be recalled. */
const liveGroups = 2;
/** Groups in which nothing can. */
const unsupportedGroups = 1;
const everyMs = 100;
const atOnce = 1_000;

export interface Place {
  readonly groupId: string;
  readonly topicId: string | null;
}

export function sceneGroups(): { groups: NewGroup[]; places: Place[] } {
  const groups = Array.from({ length: scene.groups }, (_, at): NewGroup => {
    const live = at < liveGroups;
    const type = live ? 'AVChatRoom' : (types[at % types.length] ?? 'Public');
    return {
      groupId: `@TGS#CHAOS${String(at).padStart(2, '0')}`,
      type,
      ...(type === 'Community' && { topics: ['general'] }),
      recallSupported: at < liveGroups || at >= liveGroups + unsupportedGroups,
    };
  });
  const places = groups.map(({ groupId, type }) => ({
    groupId,
    topicId: type === 'Community' ? `${groupId}@TOPIC#_general` : null,
  }));
  return { groups, places };
}

export const senderName = (n: number): string => `user${n}`;
/** Found in a text as it stands, and in no other word. */
export const word = (n: number): string => `wort${String(n).padStart(2, '0')}`;

/** People who write. */
export interface Writers {
  /** Writes what was there before the run; the callbacks are posted at once. */
  before(nowSeconds: number): Promise<void>;
  /** Goes on writing until the signal. */
  goOn(signal: AbortSignal): Promise<void>;
  readonly written: number;
}

/** @param canary stands in every text */
export function createWriters(parts: {
  readonly platform: Platform;
  readonly sender: Sender;
  readonly places: readonly Place[];
  readonly random: Random;
  readonly canary: string;
}): Writers {
  const { platform, sender, places, random, canary } = parts;
  const below = (n: number): number => Math.floor(random() * n);
  let written = 0;

  function message(msgTime?: number): NewMessage {
    written += 1;
    const place = places[below(places.length)] as Place;
    return {
      ...place,
      from: senderName(below(scene.senders)),
      text: `${word(below(scene.words))} ${canary} ${written}`,
      ...(msgTime === undefined ? {} : { msgTime }),
    };
  }

  return {
    async before(nowSeconds) {
      const { messagesBefore: count, secondsBefore } = scene;
      const all = Array.from({ length: count }, (_, at) =>
        message(nowSeconds - secondsBefore + Math.floor((at / count) * secondsBefore)),
      );
      for (let from = 0; from < count; from += atOnce) {
        const sent = await platform.send(all.slice(from, from + atOnce));
        await sender.post(sent.map(({ callback }) => callback));
      }
    },
    async goOn(signal) {
      const posting = new Set<Promise<void>>();
      while (!signal.aborted) {
        const sent = await platform.send(
          Array.from({ length: Math.round((scene.messagesPerSecond * everyMs) / 1_000) }, () => message()),
        );
        const post = sender.post(sent.map(({ callback }) => callback)).finally(() => posting.delete(post));
        posting.add(post);
        await pause(everyMs);
      }
      await Promise.all(posting);
    },
    get written() {
      return written;
    },
  };
}
