import type { OpenSession } from '@chat-recall/client';
import type { Command } from 'commander';
import { handler, verb, type Desk } from '../desk.ts';
import { exit } from '../exit-status.ts';
import { printable } from '../printable.ts';
import { moment } from '../spans.ts';
import { table } from '../tables.ts';

export function sessions(desk: Desk): Command {
  const command = verb('sessions', desk.words.command.sessions);
  return command.addCommand(listSessions(desk)).addCommand(endSessions(desk));
}

function listSessions(desk: Desk): Command {
  const { words, terminal } = desk;
  return verb('list', words.command.sessionsList).action(
    handler(desk, async ({ client, tell }) => {
      const items = await client().sessions.list();
      const { sessionHead: head } = words;
      const headings = [head.person, head.role, head.by, head.since, head.used];
      tell({ items }, () => (items.length === 0 ? words.noSessions : table(terminal, headings, items.map(row))));
      return exit.done;
    }),
  );

  function row({ person, role, by, name, createdAt, lastUsedAt }: OpenSession): string[] {
    const how = by === 'token' ? words.sessionByToken(printable(name)) : words.sessionByProvider;
    return [printable(person), role, how, moment(createdAt), moment(lastUsedAt)];
  }
}

function endSessions(desk: Desk): Command {
  const { words } = desk;
  return verb('end', words.command.sessionsEnd)
    .argument('<person>', words.argument.person)
    .action(
      handler(desk, async ({ args: [person = ''], client, tell }) => {
        const ended = await client().sessions.end(person);
        tell({ person, ended }, () => words.sessionsEnded(printable(person), ended));
        return exit.done;
      }),
    );
}
