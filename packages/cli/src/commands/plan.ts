import type { Plan, Recall } from '@chat-recall/client';
import type { Command } from 'commander';
import { handler, idOf, verb, type Desk, type Work } from '../desk.ts';
import { exit, UsageError, type ExitStatus } from '../exit-status.ts';
import { planFirst } from '../plan-first.ts';
import { requestOf, withRequest, type RequestOptions } from '../selector-options.ts';
import { showPlan } from '../show-plan.ts';
import type { GlobalOptions } from '../desk.ts';

export function plan(desk: Desk): Command {
  const { words } = desk;
  return withRequest(verb('plan', words.command.plan).argument('[id]', words.argument.id), words).action(
    handler<RequestOptions>(desk, async (work) => {
      const { args, options, client } = work;
      if (args.length === 0) {
        const made = await planFirst(desk, client(), requestOf(options, desk.now(), words), options);
        return tellFrozen(desk, work, made.recall, made.plan);
      }
      if (hasSelector(options)) throw new UsageError(words.planIdOrSelector);
      const id = idOf(args, words);
      const { recalls } = client();
      const [recall, frozen] = [await recalls.get(id), await recalls.plan(id)];
      work.tell({ recall, plan: frozen }, () => showPlan(desk, id, frozen));
      return exit.done;
    }),
  );
}

/** A plan that stands and waits. */
export function tellFrozen(desk: Desk, work: Work<object>, recall: Recall, frozen: Plan): ExitStatus {
  const { words } = desk;
  work.tell({ recall, plan: frozen }, () => {
    const next =
      recall.state === 'planned' ? words.frozen(recall.id) : words.isNow(recall.id, words.state[recall.state]);
    return `${showPlan(desk, recall.id, frozen)}\n${next}`;
  });
  return exit.done;
}

function hasSelector(options: RequestOptions & GlobalOptions): boolean {
  const globals = new Set(['url', 'tokenFile', 'app', 'json', 'lang']);
  return Object.keys(options).some((name) => !globals.has(name));
}
