import { ApiError, type Client, type Recall } from '@chat-recall/client';
import type { Command } from 'commander';
import { agrees, agreesToRecall, mustBeAbleToAsk } from '../consent.ts';
import { handler, idOf, verb, type Desk, type Work } from '../desk.ts';
import { CommandFailure, exit, type ExitStatus } from '../exit-status.ts';
import { follow } from '../follow.ts';
import { confirmAboveOf } from '../plan-first.ts';
import { printable } from '../printable.ts';
import { showPlan } from '../show-plan.ts';
import { moment } from '../spans.ts';
import { durationOption } from '../times.ts';

interface Options {
  readonly yes?: boolean;
  readonly confirmDrift?: boolean;
  readonly watch?: boolean;
  readonly timeout?: number;
}

/** `execute` and `approve`: a frozen plan is shown, agreed to, and let run. */
export function execute(desk: Desk): Command {
  return decision(desk, 'execute');
}

export function approve(desk: Desk): Command {
  return decision(desk, 'approve');
}

function decision(desk: Desk, name: 'execute' | 'approve'): Command {
  const { words } = desk;
  return verb(name, words.command[name])
    .argument('<id>', words.argument.id)
    .option('-y, --yes', words.flag.yes)
    .option('--confirm-drift', words.flag.confirmDrift)
    .option('--watch', words.flag.watch)
    .option('--timeout <duration>', words.flag.timeout, durationOption(words.durationWrong))
    .action(handler<Options>(desk, (work) => run(desk, work, name)));
}

async function run(desk: Desk, work: Work<Options>, name: 'execute' | 'approve'): Promise<ExitStatus> {
  const { words, terminal } = desk;
  const { options, json } = work;
  const id = idOf(work.args, words);
  mustBeAbleToAsk(desk, options);
  const client = work.client();
  const expected = name === 'execute' ? 'planned' : 'awaiting_approval';
  const recall = await client.recalls.get(id);
  // In another state there is no plan to agree to; the console says what is wrong.
  if (recall.state === expected && options.yes !== true) await ask(desk, client, recall, name);
  const now = await decide(desk, client, id, name, options);
  if (options.watch !== true) {
    work.tell(now, () => words.isNow(id, words.state[now.state]));
    return exit.done;
  }
  const { recall: last, status } = await follow(desk, client, id, {
    timeoutMs: options.timeout,
    untilStill: true,
    json,
  });
  if (json) work.tell(last, () => '');
  else if (status === exit.done) terminal.status('');
  return status;
}

async function ask(
  desk: Desk,
  client: Client,
  { id, requestedBy, rule, selector, follow: tail }: Recall,
  name: 'execute' | 'approve',
): Promise<void> {
  const { words, terminal } = desk;
  if (rule !== null) {
    // There is no plan yet: what it selects is what is agreed to.
    terminal.out(printable(JSON.stringify(selector), 500));
    const question = words.approveRuleQuestion(rule.dailyCap, moment(tail?.until ?? null), requestedBy);
    if (!(await agrees(desk, question))) throw new CommandFailure('declined', words.notDone);
    return;
  }
  const plan = await client.recalls.plan(id);
  terminal.out(showPlan(desk, id, plan));
  const agreed =
    name === 'approve'
      ? await agrees(desk, words.approveQuestion(plan.toCall, requestedBy))
      : await agreesToRecall(desk, plan.toCall, await confirmAboveOf(client));
  if (!agreed) throw new CommandFailure('declined', words.notDone);
}

/** A plan that no longer fits is let run only when somebody said so after having seen by how much. */
async function decide(
  desk: Desk,
  client: Client,
  id: string,
  name: 'execute' | 'approve',
  options: Options,
): Promise<Recall> {
  const { words, terminal } = desk;
  try {
    return await client.recalls[name](id, options.confirmDrift === true ? { confirmDrift: true } : undefined);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'plan_drift') throw error;
    const { frozen, now } = error.problem['drift'] as { frozen: number; now: number };
    const told = words.drift(frozen, now);
    if (options.yes === true) throw new CommandFailure('plan_drift', `${told}\n${words.driftNeeded}`);
    terminal.err(told);
    if (!(await agrees(desk, words.driftQuestion))) throw new CommandFailure('declined', words.notDone);
    return client.recalls[name](id, { confirmDrift: true });
  }
}
