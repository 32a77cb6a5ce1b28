import type { Random } from '@chat-recall/simulator';
import { scene } from './scene.ts';

export type Priority = 'urgent' | 'normal' | 'bulk';

/** Which messages a recall is to take. Times are shares of the hours that were written before the run. */
export type Pick =
  | { readonly by: 'sender'; readonly sender: number }
  | { readonly by: 'keyword'; readonly word: number; readonly groups: readonly number[] }
  | { readonly by: 'window'; readonly from: number; readonly to: number; readonly groups: readonly number[] };

export interface PlannedRecall {
  /** From the beginning of the run, ms. */
  readonly at: number;
  readonly name: string;
  readonly priority: Priority;
  readonly pick: Pick;
  /** After it was accepted, ms; null: it is let go to its end. */
  readonly cancelAfterMs: number | null;
}

/** Between two recalls, on average, ms. */
const everyMs = 600;
const cancelledShare = 0.25;
/** Most are cancelled soon, and some when their calls are under way, however slow the machine is, ms. */
const cancelAfter = { least: 100, most: 12_000 };

export function planRecalls(seconds: number, random: Random): readonly PlannedRecall[] {
  const below = (n: number): number => Math.floor(random() * n);
  const groups = (n: number): number[] => [...new Set(Array.from({ length: n }, () => below(scene.groups)))];
  function pick(): Pick {
    const lot = random();
    if (lot < 0.5) return { by: 'sender', sender: below(scene.senders) };
    if (lot < 0.75) return { by: 'keyword', word: below(scene.words), groups: groups(12) };
    const from = random() * 0.8;
    return { by: 'window', from, to: from + 0.02 + random() * 0.18, groups: random() < 0.3 ? [] : groups(8) };
  }
  const planned: PlannedRecall[] = [];
  for (let at = 0; at < seconds * 1_000; at += everyMs * (0.2 + 1.6 * random())) {
    const lot = random();
    planned.push({
      at: Math.round(at),
      name: `r${planned.length + 1}`,
      priority: lot < 0.2 ? 'urgent' : lot < 0.4 ? 'bulk' : 'normal',
      pick: pick(),
      cancelAfterMs:
        random() < cancelledShare ? Math.round(cancelAfter.least + random() ** 2 * cancelAfter.most) : null,
    });
  }
  return planned;
}
