import type { Command } from 'commander';
import { handler, verb, type Desk } from '../desk.ts';
import { exit, UsageError } from '../exit-status.ts';
import { placeOf } from '../places.ts';
import { printable } from '../printable.ts';
import { moment } from '../spans.ts';
import { table } from '../tables.ts';
import { countOption } from '../times.ts';
import type { Words } from '../words/words.ts';

interface What {
  readonly sender?: string;
  readonly group?: string;
  readonly topic?: string;
  readonly seq?: number;
}

type Target =
  | { readonly kind: 'sender'; readonly sender: string }
  | { readonly kind: 'message'; readonly groupId: string; readonly topicId: string | null; readonly msgSeq: number };

export function protect(desk: Desk): Command {
  const command = verb('protect', desk.words.command.protect);
  return command.addCommand(listProtected(desk)).addCommand(addProtected(desk)).addCommand(removeProtected(desk));
}

function listProtected(desk: Desk): Command {
  const { words, terminal } = desk;
  return verb('list', words.command.protectList).action(
    handler(desk, async ({ client, tell }) => {
      const { protected: lists } = client();
      const [senders, messages] = await Promise.all([lists.senders(), lists.messages()]);
      const { protectedHead: head } = words;
      const rows = [
        ...senders.map((row) => ({ ...row, what: words.senderIs(printable(row.sender)) })),
        ...messages.map((row) => ({ ...row, what: words.messageIs(placeOf(row), row.msgSeq) })),
      ].map(({ what, reason, createdBy, createdAt }) => [
        what,
        printable(reason),
        printable(createdBy),
        moment(createdAt),
      ]);
      tell({ senders, messages }, () =>
        rows.length === 0 ? words.noProtected : table(terminal, [head.what, head.reason, head.by, head.at], rows),
      );
      return exit.done;
    }),
  );
}

function addProtected(desk: Desk): Command {
  const { words } = desk;
  return withTarget(verb('add', words.command.protectAdd), words)
    .requiredOption('-r, --reason <text>', words.flag.protectReason)
    .action(
      handler<What & { readonly reason: string }>(desk, async ({ options, client, tell }) => {
        const { kind, ...target } = targetOf(options, words);
        const { protected: lists } = client();
        const { reason } = options;
        const made =
          'sender' in target
            ? await lists.addSender({ ...target, reason })
            : await lists.addMessage({ ...target, reason });
        tell(made, () => words.protectedNow(inWords({ kind, ...target } as Target, words)));
        return exit.done;
      }),
    );
}

function removeProtected(desk: Desk): Command {
  const { words } = desk;
  return withTarget(verb('remove', words.command.protectRemove), words).action(
    handler<What>(desk, async ({ options, client, tell }) => {
      const target = targetOf(options, words);
      const { protected: lists } = client();
      if (target.kind === 'sender') await lists.removeSender(target.sender);
      else await lists.removeMessage({ groupId: target.groupId, topicId: target.topicId, msgSeq: target.msgSeq });
      const { kind: _, ...told } = target;
      tell({ removed: told }, () => words.unprotectedNow(inWords(target, words)));
      return exit.done;
    }),
  );
}

function withTarget(command: Command, words: Words): Command {
  return command
    .option('-s, --sender <userId>', words.flag.protectSender)
    .option('-g, --group <groupId>', words.flag.protectGroup)
    .option('-t, --topic <topicId>', words.flag.protectTopic)
    .option('--seq <n>', words.flag.protectSeq, countOption(words.countWrong));
}

function targetOf({ sender, group, topic, seq }: What, words: Words): Target {
  const message = group !== undefined && seq !== undefined;
  const partly = [group, topic, seq].some((part) => part !== undefined);
  if (sender !== undefined && !partly) return { kind: 'sender', sender };
  if (sender === undefined && message) return { kind: 'message', groupId: group, topicId: topic ?? null, msgSeq: seq };
  throw new UsageError(words.protectWhat);
}

function inWords(target: Target, words: Words): string {
  return target.kind === 'sender'
    ? words.senderIs(printable(target.sender))
    : words.messageIs(placeOf(target), target.msgSeq);
}
