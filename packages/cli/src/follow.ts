import { allRecalled, hasEnded, type Client, type Recall } from '@chat-recall/client';
import type { Desk } from './desk.ts';
import { exit, type ExitStatus } from './exit-status.ts';
import { createProgressBar } from './progress-bar.ts';
import { printable } from './printable.ts';
import { proofHint, showProof } from './show-proof.ts';
import { noteOf, showEnd, showErrors } from './show-recall.ts';
import { watching } from './watching.ts';

export interface FollowOptions {
  /** How long to watch at most, ms. */
  readonly timeoutMs?: number | undefined;
  /** Stop where the recall waits for a person: frozen, to be approved, paused. Else it is watched on. */
  readonly untilStill: boolean;
  /** Say nothing but the end's remarks: the caller prints JSON. */
  readonly json: boolean;
}

/** Watches a recall to its end, with a bar on a terminal, and a line for each state elsewhere. */
export async function follow(
  desk: Desk,
  client: Client,
  id: string,
  options: FollowOptions,
): Promise<{ recall: Recall; status: ExitStatus }> {
  const { words, terminal } = desk;
  const bar = createProgressBar(words);
  let last: Recall | undefined;
  const watched = await watching(options.timeoutMs, (signal) =>
    client.recalls.wait(id, {
      signal,
      onProgress(reading) {
        if (!options.json) {
          terminal.status(bar(reading, desk.now().getTime()));
          if (!terminal.interactive && last?.state !== reading.state)
            terminal.err(words.isNow(id, words.state[reading.state]));
        }
        last = reading;
      },
      until: ({ state }) => options.untilStill && ['planned', 'awaiting_approval', 'paused'].includes(state),
    }),
  ).finally(() => terminal.status(''));
  if (watched.kind === 'ended') {
    const recall = watched.value;
    if (!options.json) await tellEnd(desk, client, recall);
    return { recall, status: allRecalled(recall) ? exit.done : exit.failures };
  }
  const interrupted = watched.kind === 'interrupt';
  terminal.err(interrupted ? words.interrupted(id) : words.timedOut(id));
  return { recall: last ?? (await client.recalls.get(id)), status: interrupted ? exit.interrupted : exit.failures };
}

async function tellEnd(desk: Desk, client: Client, recall: Recall): Promise<void> {
  const { words, terminal } = desk;
  const { id, state } = recall;
  if (hasEnded(recall)) {
    terminal.out(terminal.paint(allRecalled(recall) ? 'green' : 'red', showEnd(recall, words)));
    const proof = showProof(recall, words);
    if (proof !== null) terminal.out(words.proof.line(proof));
    const hint = proofHint(recall, words);
    if (hint !== null) terminal.out(terminal.paint('yellow', hint));
    if (allRecalled(recall)) return;
    const errors = showErrors(desk, await client.recalls.errors(id));
    if (errors.length > 0) terminal.out(`${errors.join('\n')}\n`);
    if (recall.counts.failed + recall.counts.unknown > 0 || state === 'failed') terminal.out(words.retryHint(id));
    const note = noteOf(recall, desk);
    if (note !== null) terminal.out(printable(note));
  } else if (state === 'paused') {
    terminal.out(words.pausedNote(id, printable(noteOf(recall, desk))));
  } else if (state === 'awaiting_approval') {
    terminal.out(recall.approval === null ? words.awaitingPlain(id) : words.awaiting(id, recall.approval.above));
  } else {
    terminal.out(words.frozen(id));
  }
}
