import type { Random } from '../random.ts';
import type { CallbackBody } from '../webhook/callbacks.ts';
import type { RecallRules } from '../world/recall-messages.ts';
import type { World } from '../world/world.ts';
import type { HistoryRules } from '../history/hour-files.ts';
import type { PublishedFile } from '../history/published-files.ts';
import type { Answer } from './answer.ts';

export type Body = Readonly<Record<string, unknown>>;

/** What an app is like, beside its groups and messages. */
export interface AppRules extends RecallRules {
  readonly sdkAppId: number;
  /** false: every recall is refused with 10041. */
  readonly recallEnabled: boolean;
  /** Whether recalls by REST fire `Group.CallbackAfterRecallMsg` too, as the platform's do. */
  readonly echoRecalls: boolean;
  readonly history: HistoryRules;
}

/** What a command works with. */
export interface CommandContext {
  readonly world: World;
  readonly rules: AppRules;
  readonly random: Random;
  /** Unix milliseconds. */
  readonly now: number;
  /** The admin who calls. */
  readonly identifier: string;
  /** Fires a callback. */
  readonly notify: (callback: CallbackBody) => void;
  /** Writes into the ledger what the call really took back. */
  readonly recalled: (msgSeqs: readonly number[]) => void;
  /** Keeps a file of `get_history` for download, and gives its URL. */
  readonly publish: (file: PublishedFile) => string;
  /** Counts a message into the second of its group, and gives how many it then holds. */
  readonly countMessage: (groupId: string) => number;
  /** A RetCode that a fault dictates for a sequence. */
  readonly forced: ((msgSeq: number) => number | undefined) | undefined;
}

/** A REST command: a parsed body in, an answer out, at once. */
export type Command = (body: Body, context: CommandContext) => Answer;
