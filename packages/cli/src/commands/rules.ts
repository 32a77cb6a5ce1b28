import type { Rule } from '@chat-recall/client';
import type { Command } from 'commander';
import { agrees, mustBeAbleToAsk } from '../consent.ts';
import { handler, idOf, verb, type Desk } from '../desk.ts';
import { CommandFailure, exit, UsageError } from '../exit-status.ts';
import { expiry } from '../expiry.ts';
import { printable } from '../printable.ts';
import { selectorOf, withMore, type RequestOptions } from '../selector-options.ts';
import { moment } from '../spans.ts';
import { table } from '../tables.ts';
import { countOption } from '../times.ts';

interface NewRule extends Omit<RequestOptions, 'reason'> {
  readonly reason?: string;
  readonly name?: string;
  readonly dailyCap: number;
  readonly expires: string;
  readonly yes?: boolean;
}

const shownByDefault = 20;
const longestReason = 40;

export function rules(desk: Desk): Command {
  const command = verb('rules', desk.words.command.rules);
  return command.addCommand(listRules(desk)).addCommand(createRule(desk)).addCommand(cancelRule(desk));
}

function listRules(desk: Desk): Command {
  const { words, terminal } = desk;
  const { ruleHead: head } = words;
  return verb('list', words.command.rulesList)
    .option('--limit <n>', words.flag.page, countOption(words.countWrong, 1, 1_000), shownByDefault)
    .action(
      handler<{ readonly limit: number }>(desk, async ({ options: { limit }, client, json, tell }) => {
        const { items, nextCursor } = await client().rules.list({ limit });
        const more = nextCursor !== null;
        const headings = [
          head.id,
          head.name,
          head.state,
          head.owner,
          head.expires,
          head.today,
          head.recalled,
          head.failed,
          head.lastHit,
          head.reason,
        ];
        tell({ items, more }, () => (items.length === 0 ? words.noRules : table(terminal, headings, items.map(row))));
        if (more && !json) terminal.err(words.moreItems(items.length));
        return exit.done;
      }),
    );

  function row(rule: Rule): string[] {
    const { today, counts } = rule;
    return [
      rule.id,
      printable(rule.name ?? ''),
      today.capped ? `${words.state[rule.state]}, ${words.capped}` : words.state[rule.state],
      printable(rule.owner),
      moment(rule.expiresAt),
      `${today.taken}/${rule.dailyCap}`,
      `${counts.recalled}/${counts.matched}`,
      String(counts.failed + counts.unknown),
      rule.lastHitAt === null ? words.never : moment(rule.lastHitAt),
      printable(rule.reason, longestReason),
    ];
  }
}

function createRule(desk: Desk): Command {
  const { words } = desk;
  return withMore(verb('create', words.command.rulesCreate), words)
    .option('--name <name>', words.flag.ruleName)
    .requiredOption('--daily-cap <n>', words.flag.dailyCap, countOption(words.countWrong))
    .requiredOption('--expires <when>', words.flag.expires, (text) => expiry(text, desk))
    .option('-y, --yes', words.flag.yes)
    .action(
      handler<NewRule>(desk, async ({ options, client, tell }) => {
        const { reason, name, dailyCap, expires: expiresAt, priority } = options;
        if (reason === undefined || reason.trim() === '') throw new UsageError(words.reasonMissing);
        mustBeAbleToAsk(desk, options);
        // A window of time alone would be of what was sent until now.
        const { senders, keywords, sameTextAs } = selectorOf(options, desk.now(), words);
        if ([senders, keywords, sameTextAs, options.to].every((part) => part === undefined))
          throw new UsageError(words.nothingSelected);
        const question = words.ruleQuestion(dailyCap, moment(expiresAt));
        if (options.yes !== true && !(await agrees(desk, question)))
          throw new CommandFailure('declined', words.notDone);
        const rule = await client().rules.create({
          selector: selectorOf(options, desk.now(), words),
          reason,
          dailyCap,
          expiresAt,
          ...(name === undefined ? {} : { name }),
          ...(priority === undefined ? {} : { priority }),
        });
        tell(rule, () => [words.ruleMade(rule.id), stateOf(rule)].join('\n'));
        return exit.done;
      }),
    );

  function stateOf({ id, state, approval }: Rule): string {
    return state === 'awaiting_approval' && approval !== null
      ? words.awaiting(id, approval.above)
      : words.isNow(id, words.state[state]);
  }
}

function cancelRule(desk: Desk): Command {
  const { words } = desk;
  return verb('cancel', words.command.rulesCancel)
    .argument('<id>', words.argument.ruleId)
    .action(
      handler(desk, async ({ args, client, tell }) => {
        const rule = await client().rules.cancel(idOf(args, words));
        tell(rule, () => words.isNow(rule.id, words.state[rule.state]));
        return exit.done;
      }),
    );
}
