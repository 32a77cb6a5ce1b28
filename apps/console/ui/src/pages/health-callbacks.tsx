import type { Health } from '@chat-recall/client/types';
import { Alert, Table, Text, Title } from '@mantine/core';
import { Time } from '../parts/time.tsx';
import { useFormat, type Format } from '../words/format.ts';
import { useWords, type Words } from '../words/index.ts';

/** The platform speaks of messages that no callback brings. */
export function SilenceAlarm({ silence }: { readonly silence: Health['silence'] }) {
  const words = useWords();
  const format = useFormat();
  if (silence === null) return null;
  const { activeAt, lastCallbackAt } = silence;
  return (
    <Alert color="red" variant="outline" role="alert" title={words.alarms.silentTitle} data-silence>
      {words.alarms.silent(format.time(activeAt), lastCallbackAt === null ? words.never : format.time(lastCallbackAt))}
    </Alert>
  );
}

export function Callbacks({ commands }: { readonly commands: Health['commands'] }) {
  const words = useWords();
  const format = useFormat();
  return (
    <section>
      <Title order={2} size="h4">
        {words.alarms.commands}
      </Title>
      {commands.length === 0 ? (
        <Text className="muted">{words.alarms.noCommands}</Text>
      ) : (
        <Table.ScrollContainer minWidth={520} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.alarms.command}</Table.Th>
                <Table.Th>{words.alarms.lastAt}</Table.Th>
                <Table.Th>{words.alarms.said}</Table.Th>
                <Table.Th ta="end">{words.fields.count}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {commands.map(({ command, count, lastAt, details }) => (
                <Table.Tr key={command} data-command={command}>
                  <Table.Td>
                    <bdi>{command}</bdi>
                  </Table.Td>
                  <Table.Td>
                    <Time at={lastAt} />
                  </Table.Td>
                  <Table.Td>
                    <bdi>{saidIn(details, words, format)}</bdi>
                  </Table.Td>
                  <Table.Td ta="end">{format.number(count)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}

/** What the newest alarm said; of the others nothing is kept. */
function saidIn(details: unknown, words: Words, format: Format): string {
  if (typeof details !== 'object' || details === null) return '';
  const { command, request, limit } = details as Readonly<Record<string, unknown>>;
  const figure = (value: unknown): string => (typeof value === 'number' ? format.number(value) : '–');
  if (typeof request !== 'number' && typeof limit !== 'number') return JSON.stringify(details);
  return words.alarms.overLimit(typeof command === 'string' ? command : '–', figure(request), figure(limit));
}
