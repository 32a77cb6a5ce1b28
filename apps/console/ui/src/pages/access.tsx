import type { Token } from '@chat-recall/client/types';
import {
  Alert,
  Badge,
  Button,
  Code,
  CopyButton,
  Group,
  Modal,
  NativeSelect,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { request } from '../api/client.ts';
import { faultsByField } from '../api/problem.ts';
import type { Role } from '../api/types.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { faultText } from '../recall/fault-text.ts';
import { toIso } from '../text/local-time.ts';
import { useFormat } from '../words/format.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';
import { Sessions } from './sessions.tsx';

const roles = ['viewer', 'moderator', 'approver', 'admin'] as const satisfies readonly Role[];

export function AccessPage() {
  const words = useWords();
  const format = useFormat();
  const client = useQueryClient();
  const [secret, setSecret] = useState<string | null>(null);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const found = useQuery({
    queryKey: ['tokens'],
    queryFn: ({ signal }) => request<{ items: readonly Token[] }>('GET', '/api/v1/tokens', { signal }),
  });
  const revocation = useMutation({
    mutationFn: ({ id }: Token) => request<Token>('POST', `/api/v1/tokens/${id}/revoke`),
    onSettled: () => {
      setRevoking(null);
      // Sessions go with their token.
      return Promise.all([
        client.invalidateQueries({ queryKey: ['tokens'] }),
        client.invalidateQueries({ queryKey: ['sessions'] }),
      ]);
    },
  });
  const columns: readonly Column<Token>[] = [
    { key: 'name', title: words.access.name, track: 'minmax(7rem, 1.5fr)', render: ({ name }) => <bdi>{name}</bdi> },
    {
      key: 'person',
      title: words.access.person,
      track: 'minmax(7rem, 1fr)',
      render: ({ person }) => <bdi>{person}</bdi>,
    },
    { key: 'role', title: words.access.role, track: '7rem', render: ({ role }) => words.roles[role] },
    {
      key: 'max',
      title: words.access.maxMessages,
      track: '6.5rem',
      render: ({ maxMessages }) => (maxMessages === null ? '–' : format.number(maxMessages)),
    },
    { key: 'state', title: words.fields.state, track: '6rem', render: (token) => <Standing of={token} /> },
    {
      key: 'expires',
      title: words.access.expires,
      track: 'minmax(7rem, 1fr)',
      render: ({ expiresAt }) => <Time at={expiresAt} />,
    },
    {
      key: 'used',
      title: words.access.lastUsed,
      track: 'minmax(7rem, 1fr)',
      render: ({ lastUsedAt }) => (lastUsedAt === null ? words.never : <Time at={lastUsedAt} />),
    },
    {
      key: 'actions',
      title: words.fields.actions,
      track: '6rem',
      render: (token) =>
        token.revokedAt === null && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => setRevoking(token)}
            aria-label={`${words.access.revoke}: ${token.name}`}
          >
            {words.access.revoke}
          </Button>
        ),
    },
  ];
  return (
    <Page title={words.access.title}>
      <Text>{words.access.intro}</Text>
      <NewToken onMade={setSecret} />
      <ProblemNote error={found.error ?? revocation.error} onRetry={() => void found.refetch()} />
      <VirtualTable
        label={words.access.list}
        columns={columns}
        rows={found.data?.items ?? []}
        rowKey={({ id }) => id}
        loading={found.isLoading}
      />
      <Sessions />
      <Modal
        opened={secret !== null}
        onClose={() => setSecret(null)}
        title={words.access.secretTitle}
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': words.close }}
      >
        <Stack>
          <Alert variant="outline">{words.access.secretText}</Alert>
          <Code block data-secret>
            {secret}
          </Code>
          <Group>
            <CopyButton value={secret ?? ''}>
              {({ copied, copy }) => <Button onClick={copy}>{copied ? words.access.copied : words.access.copy}</Button>}
            </CopyButton>
            <Button variant="default" onClick={() => setSecret(null)}>
              {words.access.done}
            </Button>
          </Group>
        </Stack>
      </Modal>
      <Confirm
        opened={revoking !== null}
        title={words.access.revokeTitle(revoking?.name ?? '')}
        text={words.access.revokeText}
        yes={words.access.revoke}
        no={words.cancel}
        busy={revocation.isPending}
        onYes={() => revoking !== null && revocation.mutate(revoking)}
        onNo={() => setRevoking(null)}
      />
    </Page>
  );
}

function Standing({ of: { revokedAt, expiresAt } }: { readonly of: Token }) {
  const words = useWords();
  const [label, tint] =
    revokedAt !== null
      ? [words.access.revoked, 'gray']
      : expiresAt !== null && Date.parse(expiresAt) < Date.now()
        ? [words.access.expired, 'orange']
        : [words.access.valid, 'green'];
  return (
    <Badge variant="outline" className={`tint tint-${tint}`}>
      {label}
    </Badge>
  );
}

const blank = { name: '', person: '', role: 'moderator' as Role, maxMessages: '', expiresAt: '' };

function NewToken({ onMade }: { readonly onMade: (secret: string) => void }) {
  const words = useWords();
  const language = useLanguage();
  const client = useQueryClient();
  const [form, setForm] = useState(blank);
  const [ours, setOurs] = useState<Partial<Record<keyof typeof blank, string>>>({});
  const making = useMutation({
    mutationFn: () =>
      request<Token & { secret: string }>('POST', '/api/v1/tokens', {
        body: {
          name: form.name.trim(),
          person: form.person.trim(),
          role: form.role,
          ...(form.maxMessages.trim() === '' ? {} : { maxMessages: Number(form.maxMessages) }),
          ...(toIso(form.expiresAt) === null ? {} : { expiresAt: toIso(form.expiresAt) }),
        },
      }),
    onSuccess: ({ secret }) => {
      setForm(blank);
      onMade(secret);
      return client.invalidateQueries({ queryKey: ['tokens'] });
    },
  });
  const told = faultsByField(making.error, (path) => path);
  const bind = (name: keyof typeof blank) => {
    const fault = told[name];
    return {
      value: form[name],
      onChange: (event: { currentTarget: { value: string } }) =>
        setForm({ ...form, [name]: event.currentTarget.value }),
      error: ours[name] ?? (fault === undefined ? null : faultText(fault, language)),
    };
  };
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (making.isPending) return;
    const wrong: typeof ours = {};
    if (form.name.trim() === '') wrong.name = words.faults.blank;
    if (form.person.trim() === '') wrong.person = words.faults.blank;
    if (form.maxMessages.trim() !== '' && !/^[1-9]\d*$/u.test(form.maxMessages.trim()))
      wrong.maxMessages = words.faults.badNumber;
    setOurs(wrong);
    if (Object.keys(wrong).length === 0) making.mutate();
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Title order={2} size="h4">
          {words.access.newTitle}
        </Title>
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} style={{ alignItems: 'end' }}>
          <TextInput label={words.access.name} description={words.access.nameHint} required {...bind('name')} />
          <TextInput label={words.access.person} description={words.access.personHint} required {...bind('person')} />
          <NativeSelect
            label={words.access.role}
            data={roles.map((value) => ({ value, label: words.roles[value] }))}
            {...bind('role')}
          />
          <TextInput
            label={words.access.maxMessages}
            description={words.access.maxHint}
            inputMode="numeric"
            {...bind('maxMessages')}
          />
          <TextInput
            type="datetime-local"
            label={words.access.expires}
            description={words.access.expiresHint}
            {...bind('expiresAt')}
          />
        </SimpleGrid>
        <ProblemNote error={making.error} />
        <Group>
          <Button type="submit" loading={making.isPending}>
            {words.access.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
