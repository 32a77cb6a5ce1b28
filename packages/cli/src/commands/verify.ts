import type { Client, Recall } from '@chat-recall/client';
import type { Command } from 'commander';
import { handler, idOf, verb, type Desk, type Work } from '../desk.ts';
import { exit, type ExitStatus } from '../exit-status.ts';
import { showGrades } from '../show-proof.ts';
import { durationOption } from '../times.ts';
import { watching } from '../watching.ts';

interface Options {
  readonly all?: boolean;
  readonly watch?: boolean;
  readonly timeout?: number;
}

/** Asks history whether what a recall took back is gone; watched, the status tells whether all of it is proved. */
export function verify(desk: Desk): Command {
  const { words } = desk;
  const { proof: said } = words;
  return verb('verify', said.command.verify)
    .argument('<id>', words.argument.id)
    .option('--all', said.flag.all)
    .option('--watch', said.flag.watch)
    .option('--timeout <duration>', words.flag.timeout, durationOption(words.durationWrong))
    .action(handler<Options>(desk, (work) => run(desk, work)));
}

async function run(desk: Desk, { args, options, client, json, tell }: Work<Options>): Promise<ExitStatus> {
  const { words, terminal } = desk;
  const { proof: said } = words;
  const id = idOf(args, words);
  const { recalls } = client();
  const asked = await recalls.verify(id, options.all === true ? { all: true } : {});
  if (options.watch !== true) {
    tell({ recall: asked, disproved: null }, () => said.asked(id));
    return exit.done;
  }
  const watched = await watching(options.timeout, (signal) =>
    recalls.waitForProof(id, {
      signal,
      onProgress({ proof }) {
        if (!json) terminal.status(said.progress(proof.verified, proof.answered));
      },
    }),
  );
  terminal.status('');
  if (watched.kind !== 'ended') {
    terminal.err(watched.kind === 'time' ? said.timedOut(id) : said.interrupted(id));
    if (json) tell({ recall: await recalls.get(id), disproved: null }, () => '');
    return watched.kind === 'time' ? exit.failures : exit.interrupted;
  }
  const recall = watched.value;
  const disproved = await disprovedOf(recalls, recall);
  tell({ recall, disproved }, () => ended(desk, recall, disproved));
  return recall.proof.unproved + disproved === 0 ? exit.done : exit.failures;
}

/** Sequences that history showed as still there, and that nobody has called again with success. */
async function disprovedOf(recalls: Client['recalls'], { id, counts }: Recall): Promise<number> {
  let disproved = 0;
  if (counts.failed === 0) return disproved;
  for await (const { disprovedAt } of recalls.eachOutcome(id, { state: ['failed'] }))
    if (disprovedAt !== null) disproved += 1;
  return disproved;
}

function ended({ words, terminal }: Desk, recall: Recall, disproved: number): string {
  const { proof: said } = words;
  const { unproved, unverifiable } = recall.proof;
  return [
    terminal.paint(unproved + disproved === 0 ? 'green' : 'red', said.ended(showGrades(recall, words))),
    ...(unverifiable === 0 ? [] : [`  ${said.unverifiable(unverifiable)}`]),
    ...(disproved === 0 ? [] : [`  ${said.disproved(disproved, recall.id)}`]),
  ].join('\n');
}
