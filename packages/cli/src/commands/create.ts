import type { Client, Plan, Recall } from '@chat-recall/client';
import type { Command } from 'commander';
import { agreesToRecall, mustBeAbleToAsk } from '../consent.ts';
import { handler, verb, type Desk, type Work } from '../desk.ts';
import { CommandFailure, exit, UsageError, type ExitStatus } from '../exit-status.ts';
import { follow } from '../follow.ts';
import { confirmAboveOf, planFirst } from '../plan-first.ts';
import { requestOf, withRequest, type RequestOptions } from '../selector-options.ts';
import { showPlan } from '../show-plan.ts';
import { span } from '../spans.ts';
import { countOption, durationOption } from '../times.ts';
import { tellFrozen } from './plan.ts';

interface Options extends RequestOptions {
  readonly plan?: boolean;
  readonly yes?: boolean;
  readonly atMost?: number;
  readonly timeout?: number;
}

export function create(desk: Desk): Command {
  const { words } = desk;
  return withRequest(verb('create', words.command.create), words)
    .option('--plan', words.flag.plan)
    .option('-y, --yes', words.flag.yes)
    .option('--at-most <n>', words.flag.atMost, countOption(words.countWrong))
    .option('--timeout <duration>', words.flag.timeout, durationOption(words.durationWrong))
    .action(handler<Options>(desk, (work) => run(desk, work)));
}

async function run(desk: Desk, work: Work<Options>): Promise<ExitStatus> {
  const { options, json } = work;
  const { words, terminal } = desk;
  if (options.plan !== true) {
    if (options.yes !== true && [options.file, options.senderFile].includes('-'))
      throw new UsageError(words.yesWithStdin);
    mustBeAbleToAsk(desk, options);
  }
  const request = requestOf(options, desk.now(), words);
  const client = work.client();
  const { recall, plan } = await planFirst(desk, client, request, options);
  if (options.plan === true) return tellFrozen(desk, work, recall, plan);
  if (!json) terminal.out(showPlan(desk, recall.id, plan));
  if (!json && recall.follow !== null) terminal.out(words.followsThen(span(recall.follow.seconds)));
  // With a key that was used before it may be under way or at its end.
  if (recall.state === 'planned') {
    if (plan.toCall === 0 && recall.follow === null) return nothingToCall(desk, work, client, recall, plan);
    await agreement(desk, options, client, recall, plan);
    await client.recalls.execute(recall.id);
  }
  const { recall: last, status } = await follow(desk, client, recall.id, {
    timeoutMs: options.timeout,
    untilStill: true,
    json,
  });
  if (json) work.tell({ recall: last, plan }, () => '');
  return status;
}

/** What is not agreed to is cancelled, so that nobody executes it by mistake later. */
async function agreement(desk: Desk, options: Options, client: Client, { id }: Recall, plan: Plan): Promise<void> {
  const { words } = desk;
  if (options.atMost !== undefined && plan.messages > options.atMost) {
    await client.recalls.cancel(id);
    throw new CommandFailure('at_most', words.tooMany(plan.messages, options.atMost, id));
  }
  if (options.yes === true || (await agreesToRecall(desk, plan.toCall, await confirmAboveOf(client)))) return;
  await client.recalls.cancel(id);
  throw new CommandFailure('declined', words.declined(id));
}

async function nothingToCall(
  { words }: Desk,
  { tell }: Work<Options>,
  client: Client,
  { id }: Recall,
  plan: Plan,
): Promise<ExitStatus> {
  // Executed, it ends at once: as `completed`, with what recalled the messages before.
  await client.recalls.execute(id);
  const recall = await client.recalls.wait(id);
  tell({ recall, plan }, () => (plan.messages === 0 ? words.nothingToRecall : words.nothingLeft(plan.messages)));
  return exit.done;
}
