import type { Role, Token } from '@chat-recall/client';
import { Option, type Command } from 'commander';
import { handler, idOf, verb, type Desk } from '../desk.ts';
import { exit } from '../exit-status.ts';
import { expiry } from '../expiry.ts';
import { printable } from '../printable.ts';
import { moment } from '../spans.ts';
import { table } from '../tables.ts';
import { countOption } from '../times.ts';

interface Made {
  readonly name: string;
  readonly person: string;
  readonly role: Role;
  readonly maxMessages?: number;
  readonly expires?: string;
}

export function tokens(desk: Desk): Command {
  const command = verb('tokens', desk.words.command.tokens);
  return command.addCommand(listTokens(desk)).addCommand(createToken(desk)).addCommand(revokeToken(desk));
}

function listTokens(desk: Desk): Command {
  const { words, terminal } = desk;
  const { tokenHead: head, tokenStates } = words;
  return verb('list', words.command.tokensList).action(
    handler(desk, async ({ client, tell }) => {
      const items = await client().tokens.list();
      const headings = [head.id, head.name, head.person, head.role, head.most, head.expires, head.used, head.state];
      tell({ items }, () => (items.length === 0 ? words.noTokens : table(terminal, headings, items.map(row))));
      return exit.done;
    }),
  );

  function row(token: Token): string[] {
    const expired = token.expiresAt !== null && Date.parse(token.expiresAt) <= desk.now().getTime();
    return [
      token.id,
      printable(token.name),
      printable(token.person),
      token.role,
      String(token.maxMessages ?? ''),
      moment(token.expiresAt),
      token.lastUsedAt === null ? words.never : moment(token.lastUsedAt),
      token.revokedAt !== null ? tokenStates.revoked : expired ? tokenStates.expired : tokenStates.active,
    ];
  }
}

function createToken(desk: Desk): Command {
  const { words } = desk;
  const roles = ['viewer', 'moderator', 'approver', 'admin'] as const satisfies readonly Role[];
  return verb('create', words.command.tokensCreate)
    .requiredOption('--name <name>', words.flag.tokenName)
    .requiredOption('--person <person>', words.flag.person)
    .addOption(new Option('--role <role>', words.flag.role).choices(roles).makeOptionMandatory())
    .option('--max-messages <n>', words.flag.maxMessages, countOption(words.countWrong))
    .option('--expires <when>', words.flag.expires, (text) => expiry(text, desk))
    .action(
      handler<Made>(desk, async ({ options, client, tell }) => {
        const { name, person, role, maxMessages, expires: expiresAt } = options;
        const made = await client().tokens.create({
          name,
          person,
          role,
          ...(maxMessages === undefined ? {} : { maxMessages }),
          ...(expiresAt === undefined ? {} : { expiresAt }),
        });
        tell(made, () => `${words.tokenMade(printable(made.name), made.role)}\n${made.secret}`);
        return exit.done;
      }),
    );
}

function revokeToken(desk: Desk): Command {
  const { words } = desk;
  return verb('revoke', words.command.tokensRevoke)
    .argument('<id>', words.argument.tokenId)
    .action(
      handler(desk, async ({ args, client, tell }) => {
        const token = await client().tokens.revoke(idOf(args, words));
        tell(token, () => words.tokenRevoked(printable(token.name)));
        return exit.done;
      }),
    );
}
