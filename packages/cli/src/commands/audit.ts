import type { AuditEntry } from '@chat-recall/client';
import type { Command } from 'commander';
import { handler, verb, type Desk } from '../desk.ts';
import { exit } from '../exit-status.ts';
import { printable } from '../printable.ts';
import { moment } from '../spans.ts';
import { table } from '../tables.ts';
import { countOption } from '../times.ts';

interface Options {
  readonly action?: string;
  readonly actor?: string;
  readonly recall?: string;
  readonly limit: number;
}

const shownByDefault = 50;
const longestDetails = 80;

export function audit(desk: Desk): Command {
  return verb('audit', desk.words.command.audit).addCommand(listAudit(desk)).addCommand(verifyAudit(desk));
}

function listAudit(desk: Desk): Command {
  const { words, terminal } = desk;
  const { auditHead: head, flag } = words;
  return verb('list', words.command.auditList)
    .option('--action <action>', flag.action)
    .option('--actor <name>', flag.actor)
    .option('--recall <id>', flag.recall)
    .option('--limit <n>', flag.page, countOption(words.countWrong, 1, 1_000), shownByDefault)
    .action(
      handler<Options>(desk, async ({ options, client, json, tell }) => {
        const { action, actor, recall: recallId, limit } = options;
        const { items, nextCursor } = await client().audit.list({ action, actor, recallId, limit });
        const more = nextCursor !== null;
        const headings = [head.id, head.at, head.actor, head.action, head.recall, head.from, head.details];
        tell({ items, more }, () => (items.length === 0 ? words.noAudit : table(terminal, headings, items.map(row))));
        if (more && !json) terminal.err(words.moreItems(items.length));
        return exit.done;
      }),
    );
}

function row(entry: AuditEntry): (string | number)[] {
  const details =
    Object.keys(entry.details).length === 0 ? '' : printable(JSON.stringify(entry.details), longestDetails);
  const from = [entry.via, printable(entry.address)].filter((part) => part !== '').join(' ');
  return [
    entry.id,
    moment(entry.at),
    printable(entry.actor),
    printable(entry.action),
    entry.recallId ?? '',
    from,
    details,
  ];
}

function verifyAudit(desk: Desk): Command {
  const { words } = desk;
  return verb('verify', words.command.auditVerify).action(
    handler(desk, async ({ client, tell }) => {
      const { rows, firstBroken } = await client().audit.verify();
      tell({ rows, firstBroken }, () =>
        firstBroken === null ? words.auditWhole(rows) : words.auditBroken(firstBroken, rows),
      );
      return firstBroken === null ? exit.done : exit.failures;
    }),
  );
}
