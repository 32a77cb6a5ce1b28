import type { Message, Plan, Recall } from '@chat-recall/client/types';
import { Alert, List, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { request } from '../api/client.ts';
import { BarChart } from '../parts/bar-chart.tsx';
import { CoverageFigures } from '../parts/coverage-figures.tsx';
import { Figure, Figures } from '../parts/figure.tsx';
import { TextLink } from '../parts/link.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Id, PlaceId, Quoted } from '../parts/quoted.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { useMay } from '../session/use-session.ts';
import { Waiting } from '../parts/waiting.tsx';
import { useFormat } from '../words/format.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';
import { RunPlan } from './run-plan.tsx';

/** What a frozen plan holds, and the button that lets it run. */
export function PlanTab({ recall }: { readonly recall: Recall }) {
  const found = useQuery({
    queryKey: ['recall', recall.id, 'plan'],
    queryFn: ({ signal }) => request<Plan>('GET', `/api/v1/recalls/${recall.id}/plan`, { signal }),
    // It is frozen; only the drift may change, and is judged again when it is let run.
    staleTime: 60_000,
  });
  if (found.isLoading) return <Waiting />;
  const plan = found.data;
  return (
    <Stack>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {plan !== undefined && <Shown plan={plan} recall={recall} />}
    </Stack>
  );
}

function Shown({ plan, recall }: { readonly plan: Plan; readonly recall: Recall }) {
  const words = useWords();
  const language = useLanguage();
  const format = useFormat();
  const may = useMay();
  return (
    <Stack>
      <Figures>
        <Figure label={words.plan.toCall} id="toCall">
          {format.number(plan.toCall)}
        </Figure>
        <Figure label={words.plan.already} id="alreadyRecalled">
          {format.number(plan.alreadyRecalled)}
        </Figure>
        <Figure label={words.plan.conversations} id="conversations">
          {format.number(plan.conversations)}
        </Figure>
        <Figure label={words.plan.calls} id="calls">
          {format.number(plan.calls)}
        </Figure>
        <Figure label={words.plan.eta}>{format.duration(plan.etaSeconds)}</Figure>
        <Figure label={words.plan.leftOut} id="protectedLeftOut">
          {format.number(plan.protectedLeftOut)}
        </Figure>
      </Figures>
      {plan.messages === 0 && <Alert variant="outline">{words.plan.empty}</Alert>}
      {plan.matched - plan.protectedLeftOut > plan.messages && (
        <Alert color="orange" variant="outline">
          {words.plan.cut(plan.matched, plan.messages)}
        </Alert>
      )}
      {plan.warnings.length > 0 && (
        <Alert color="orange" variant="outline" title={words.plan.warnings}>
          <List size="sm">
            {plan.warnings.map((warning) => (
              <List.Item key={warning.code}>{warning[language]}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      <RunPlan recall={recall} plan={plan} />
      <section>
        <Title order={2} size="h5" mb="xs">
          <TextLink to="/coverage">{words.coverage.ofPlan}</TextLink>
        </Title>
        <CoverageFigures of={plan.coverage} />
      </section>
      {plan.messages > 0 && (
        <>
          <BarChart
            label={words.plan.overTime}
            bars={plan.overTime.map(({ from, messages }) => ({ at: from, value: messages }))}
          />
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <Shares
              title={words.plan.byGroup}
              rows={plan.byGroup.map((place) => ({
                key: JSON.stringify([place.groupId, place.topicId]),
                name: <PlaceId {...place} />,
                messages: place.messages,
              }))}
            />
            <Shares
              title={words.plan.bySender}
              rows={plan.bySender.map(({ sender, messages }) => ({
                key: sender ?? '',
                name: sender === null ? words.plan.unknownSender : <Id of={sender} />,
                messages,
              }))}
            />
          </SimpleGrid>
        </>
      )}
      {may.readText && plan.sample.length > 0 && <Sample plan={plan} keywords={recall.selector.keywords ?? []} />}
    </Stack>
  );
}

function Shares({
  title,
  rows,
}: {
  readonly title: string;
  readonly rows: readonly { readonly key: string; readonly name: React.ReactNode; readonly messages: number }[];
}) {
  const words = useWords();
  const format = useFormat();
  return (
    <section>
      <Title order={2} size="h5">
        {title}
      </Title>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{title}</Table.Th>
            <Table.Th ta="end">{words.fields.messages}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, name, messages }) => (
            <Table.Tr key={key}>
              <Table.Td>{name}</Table.Td>
              <Table.Td ta="end">{format.number(messages)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function Sample({ plan, keywords }: { readonly plan: Plan; readonly keywords: readonly string[] }) {
  const words = useWords();
  const columns: readonly Column<Message>[] = [
    { key: 'sent', title: words.fields.sent, track: '11rem', render: ({ sentAt }) => <Time at={sentAt} /> },
    {
      key: 'sender',
      title: words.fields.sender,
      track: 'minmax(7rem, 1fr)',
      render: ({ sender }) => <Id of={sender} />,
    },
    { key: 'place', title: words.fields.group, track: 'minmax(8rem, 1.2fr)', render: (row) => <PlaceId {...row} /> },
    {
      key: 'text',
      title: words.fields.text,
      track: 'minmax(12rem, 4fr)',
      render: ({ text, textKept }) =>
        text === null || text === '' ? (
          <Text size="sm" className="muted">
            {textKept ? words.search.noText : words.search.textNotKept}
          </Text>
        ) : (
          <Quoted text={text} keywords={keywords} />
        ),
    },
  ];
  return (
    <section>
      <Title order={2} size="h5" mb="xs">
        {words.plan.sample}
      </Title>
      <VirtualTable
        label={words.plan.sample}
        columns={columns}
        rows={plan.sample}
        rowKey={({ groupId, topicId, msgSeq }) => JSON.stringify([groupId, topicId, msgSeq])}
      />
    </section>
  );
}
