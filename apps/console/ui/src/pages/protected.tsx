import { Button, Group, Modal, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { request } from '../api/client.ts';
import { faultsByField } from '../api/problem.ts';
import type { ProtectedMessage, ProtectedSender } from '../api/types.ts';
import { Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Id, PlaceId } from '../parts/quoted.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { faultText } from '../recall/fault-text.ts';
import { useMay } from '../session/use-session.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';

type Kind = 'senders' | 'messages';

export function ProtectedPage() {
  const words = useWords();
  return (
    <Page title={words.protected.title}>
      <Text>{words.protected.intro}</Text>
      <Senders />
      <Messages />
    </Page>
  );
}

function Senders() {
  const words = useWords();
  const may = useMay();
  const found = useQuery({
    queryKey: ['protected', 'senders'],
    queryFn: ({ signal }) =>
      request<{ items: readonly ProtectedSender[] }>('GET', '/api/v1/protected/senders', { signal }),
  });
  const columns: readonly Column<ProtectedSender>[] = [
    {
      key: 'sender',
      title: words.fields.sender,
      track: 'minmax(8rem, 1fr)',
      render: ({ sender }) => <Id of={sender} />,
    },
    {
      key: 'reason',
      title: words.fields.reason,
      track: 'minmax(10rem, 2fr)',
      render: ({ reason }) => <bdi>{reason}</bdi>,
    },
    {
      key: 'by',
      title: words.fields.by,
      track: 'minmax(6rem, 1fr)',
      render: ({ createdBy }) => <bdi>{createdBy}</bdi>,
    },
    { key: 'at', title: words.fields.created, track: '11rem', render: ({ createdAt }) => <Time at={createdAt} /> },
    {
      key: 'actions',
      title: words.fields.actions,
      track: '7rem',
      render: ({ sender }) => may.administer && <Remove kind="senders" what={sender} body={{ sender }} />,
    },
  ];
  return (
    <Stack component="section" gap="sm">
      <Title order={2} size="h4">
        {words.protected.senders}
      </Title>
      {may.administer && <Add kind="senders" fields={['sender', 'reason']} />}
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      <VirtualTable
        label={words.protected.senders}
        columns={columns}
        rows={found.data?.items ?? []}
        rowKey={({ sender }) => sender}
        loading={found.isLoading}
      />
    </Stack>
  );
}

function Messages() {
  const words = useWords();
  const may = useMay();
  const found = useQuery({
    queryKey: ['protected', 'messages'],
    queryFn: ({ signal }) =>
      request<{ items: readonly ProtectedMessage[] }>('GET', '/api/v1/protected/messages', { signal }),
  });
  const columns: readonly Column<ProtectedMessage>[] = [
    { key: 'place', title: words.fields.group, track: 'minmax(8rem, 1fr)', render: (row) => <PlaceId {...row} /> },
    { key: 'sequence', title: words.fields.sequence, track: '6rem', render: ({ msgSeq }) => msgSeq },
    {
      key: 'reason',
      title: words.fields.reason,
      track: 'minmax(10rem, 2fr)',
      render: ({ reason }) => <bdi>{reason}</bdi>,
    },
    {
      key: 'by',
      title: words.fields.by,
      track: 'minmax(6rem, 1fr)',
      render: ({ createdBy }) => <bdi>{createdBy}</bdi>,
    },
    { key: 'at', title: words.fields.created, track: '11rem', render: ({ createdAt }) => <Time at={createdAt} /> },
    {
      key: 'actions',
      title: words.fields.actions,
      track: '7rem',
      render: ({ groupId, topicId, msgSeq }) =>
        may.administer && <Remove kind="messages" what={`${groupId} #${msgSeq}`} body={{ groupId, topicId, msgSeq }} />,
    },
  ];
  return (
    <Stack component="section" gap="sm">
      <Title order={2} size="h4">
        {words.protected.messages}
      </Title>
      {may.administer && <Add kind="messages" fields={['groupId', 'topicId', 'msgSeq', 'reason']} />}
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      <VirtualTable
        label={words.protected.messages}
        columns={columns}
        rows={found.data?.items ?? []}
        rowKey={({ groupId, topicId, msgSeq }) => JSON.stringify([groupId, topicId, msgSeq])}
        loading={found.isLoading}
      />
    </Stack>
  );
}

type Field = 'sender' | 'groupId' | 'topicId' | 'msgSeq' | 'reason';

function Add({ kind, fields }: { readonly kind: Kind; readonly fields: readonly Field[] }) {
  const words = useWords();
  const language = useLanguage();
  const client = useQueryClient();
  const [form, setForm] = useState<Partial<Record<Field, string>>>({});
  const [ours, setOurs] = useState<Partial<Record<Field, string>>>({});
  const adding = useMutation({
    mutationFn: () => {
      const given = fields.map((name) => [name, form[name]?.trim() ?? ''] as const).filter(([, value]) => value !== '');
      const body = given.map(([name, value]) => [name, name === 'msgSeq' ? Number(value) : value] as const);
      return request('POST', `/api/v1/protected/${kind}`, { body: Object.fromEntries(body) });
    },
    onSuccess: () => {
      setForm({});
      return client.invalidateQueries({ queryKey: ['protected', kind] });
    },
  });
  const told = faultsByField(adding.error, (path) => path);
  const labels: Readonly<Record<Field, string>> = {
    sender: words.fields.sender,
    groupId: words.fields.group,
    topicId: words.fields.topic,
    msgSeq: words.fields.sequence,
    reason: words.fields.reason,
  };
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (adding.isPending) return;
    const wrong: typeof ours = {};
    for (const name of fields) {
      const value = form[name]?.trim() ?? '';
      if (value === '' && name !== 'topicId') wrong[name] = words.faults.blank;
      else if (name === 'msgSeq' && !/^[1-9]\d*$/u.test(value)) wrong[name] = words.faults.badNumber;
    }
    setOurs(wrong);
    if (Object.keys(wrong).length === 0) adding.mutate();
  }
  return (
    <form
      onSubmit={submit}
      noValidate
      aria-label={kind === 'senders' ? words.protected.addSender : words.protected.addMessage}
    >
      <Group align="start">
        {fields.map((name) => {
          const fault = told[name];
          return (
            <TextInput
              key={name}
              label={labels[name]}
              value={form[name] ?? ''}
              onChange={(event) => {
                const { value } = event.currentTarget;
                setForm((before) => ({ ...before, [name]: value }));
              }}
              error={ours[name] ?? (fault === undefined ? null : faultText(fault, language))}
              required={name !== 'topicId'}
            />
          );
        })}
        <Button type="submit" mt={25} loading={adding.isPending}>
          {words.protected.add}
        </Button>
      </Group>
      <ProblemNote error={adding.error} />
    </form>
  );
}

function Remove({ kind, what, body }: { readonly kind: Kind; readonly what: string; readonly body: object }) {
  const words = useWords();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const removal = useMutation({
    mutationFn: () => request('POST', `/api/v1/protected/${kind}/remove`, { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['protected', kind] }),
  });
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => setOpen(true)}
        aria-label={words.protected.removeOf(what)}
      >
        {words.protected.remove}
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={words.protected.removeTitle}
        closeButtonProps={{ 'aria-label': words.close }}
      >
        <Stack>
          <Text style={{ overflowWrap: 'anywhere' }}>{words.protected.removeText(what)}</Text>
          <ProblemNote error={removal.error} />
          <Group>
            <Button color="red" loading={removal.isPending} onClick={() => removal.mutate()}>
              {words.protected.remove}
            </Button>
            <Button variant="default" data-autofocus onClick={() => setOpen(false)}>
              {words.cancel}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
