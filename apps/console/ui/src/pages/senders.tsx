import type { Sender } from '@chat-recall/client/types';
import { Alert, Button, Group, Stack, Table, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import { useSearch } from 'wouter/use-browser-location';
import { queryString, request } from '../api/client.ts';
import { StateBadge } from '../parts/badges.tsx';
import { BarChart } from '../parts/bar-chart.tsx';
import { Figure, Figures } from '../parts/figure.tsx';
import { ButtonLink, TextLink } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Id, PlaceId } from '../parts/quoted.tsx';
import { Time } from '../parts/time.tsx';
import { draftLink } from '../recall/draft.ts';
import { emptySearch, searchQuery } from '../recall/search-url.ts';
import { useMay } from '../session/use-session.ts';
import { Waiting } from '../parts/waiting.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/index.ts';

export function SendersPage() {
  const words = useWords();
  // In the query: a sender's id may hold any character, a slash included.
  const sender = new URLSearchParams(useSearch()).get('sender') ?? '';
  return (
    <Page title={words.senders.title}>
      <Choose key={sender} sender={sender} />
      {sender !== '' && <About key={`about ${sender}`} sender={sender} />}
    </Page>
  );
}

function Choose({ sender }: { readonly sender: string }) {
  const words = useWords();
  const [, go] = useLocation();
  const [typed, setTyped] = useState(sender);
  const [blank, setBlank] = useState(false);
  function submit(event: FormEvent): void {
    event.preventDefault();
    setBlank(typed.trim() === '');
    if (typed.trim() !== '') go(`/senders${queryString({ sender: typed.trim() })}`);
  }
  return (
    <form onSubmit={submit} noValidate>
      <Group align="start">
        <TextInput
          label={words.senders.prompt}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={blank ? words.faults.blank : null}
          miw={260}
        />
        <Button type="submit" mt={25}>
          {words.senders.open}
        </Button>
      </Group>
    </form>
  );
}

function About({ sender }: { readonly sender: string }) {
  const words = useWords();
  const format = useFormat();
  const may = useMay();
  const found = useQuery({
    queryKey: ['sender', sender],
    queryFn: ({ signal }) => request<Sender>('GET', `/api/v1/senders/${encodeURIComponent(sender)}`, { signal }),
  });
  if (found.isLoading) return <Waiting />;
  if (found.data === undefined) return <ProblemNote error={found.error} onRetry={() => void found.refetch()} />;
  const about = found.data;
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2} size="h3">
          <Id of={about.sender} />
        </Title>
        <Group>
          <ButtonLink to={`/${searchQuery({ ...emptySearch, senders: [sender] })}`} variant="default">
            {words.senders.searchAll}
          </ButtonLink>
          {may.recall && (
            <ButtonLink to={draftLink({ senders: [sender] })} color="red">
              {words.senders.recallAll}
            </ButtonLink>
          )}
        </Group>
      </Group>
      {about.protected !== null && (
        <Alert color="violet" variant="outline">
          {words.senders.protected(about.protected.reason)}
        </Alert>
      )}
      <Figures>
        <Figure label={words.senders.messages} id="messages">
          {format.number(about.messages)}
        </Figure>
        <Figure label={words.senders.first}>
          <Time at={about.firstAt} />
        </Figure>
        <Figure label={words.senders.last}>
          <Time at={about.lastAt} />
        </Figure>
      </Figures>
      {about.overTime.length > 0 && (
        <BarChart
          label={words.senders.overTime}
          bars={about.overTime.map(({ from, messages }) => ({ at: from, value: messages }))}
        />
      )}
      <section>
        <Title order={2} size="h4">
          {words.senders.groups}
        </Title>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.fields.group}</Table.Th>
              <Table.Th ta="end">{words.fields.messages}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {about.groups.map((place) => (
              <Table.Tr key={JSON.stringify([place.groupId, place.topicId])}>
                <Table.Td>
                  <PlaceId {...place} />
                </Table.Td>
                <Table.Td ta="end">{format.number(place.messages)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
      {about.recalls.length > 0 && (
        <section>
          <Title order={2} size="h4">
            {words.senders.recalls}
          </Title>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.recalls.asked}</Table.Th>
                <Table.Th>{words.fields.reason}</Table.Th>
                <Table.Th>{words.fields.state}</Table.Th>
                <Table.Th ta="end">{words.fields.messages}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {about.recalls.map(({ id, reason, state, createdAt, messages }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    <Time at={createdAt} />
                  </Table.Td>
                  <Table.Td>
                    <TextLink to={`/recalls/${id}`}>
                      <bdi>{reason}</bdi>
                    </TextLink>
                  </Table.Td>
                  <Table.Td>
                    <StateBadge state={state} />
                  </Table.Td>
                  <Table.Td ta="end">{format.number(messages)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
    </Stack>
  );
}
