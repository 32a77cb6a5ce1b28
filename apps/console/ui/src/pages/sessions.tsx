import type { OpenSession } from '@chat-recall/client/types';
import { Badge, Button, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../api/client.ts';
import { Confirm } from '../parts/confirm.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Time } from '../parts/time.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/index.ts';

/** Who is logged in, and the button that ends all sessions of one person, once it was asked about. */
export function Sessions() {
  const words = useWords();
  const format = useFormat();
  const client = useQueryClient();
  const [person, setPerson] = useState<string | null>(null);
  const found = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => request<{ items: readonly OpenSession[] }>('GET', '/api/v1/sessions', { signal }),
  });
  const ending = useMutation({
    mutationFn: (whose: string) =>
      request<{ ended: number }>('POST', '/api/v1/session/end', { body: { person: whose } }),
    onSuccess: () => {
      setPerson(null);
      return client.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  const rows = found.data?.items ?? [];
  const isOwn = rows.some((row) => row.current && row.person === person);
  const { sessions } = words.access;
  const columns: readonly Column<OpenSession>[] = [
    {
      key: 'whose',
      title: words.access.person,
      track: 'minmax(9rem, 1.5fr)',
      render: (row) => (
        <>
          <bdi>{row.person}</bdi>{' '}
          {row.current && (
            <Badge variant="outline" className="tint tint-blue">
              {sessions.current}
            </Badge>
          )}
        </>
      ),
    },
    { key: 'role', title: words.access.role, track: '7rem', render: ({ role }) => words.roles[role] },
    {
      key: 'by',
      title: sessions.by,
      track: 'minmax(9rem, 1.5fr)',
      render: ({ by, name }) =>
        by === 'provider' ? (
          sessions.provider
        ) : (
          <>
            {sessions.token} <bdi>{name}</bdi>
          </>
        ),
    },
    {
      key: 'since',
      title: sessions.since,
      track: 'minmax(7rem, 1fr)',
      render: ({ createdAt }) => <Time at={createdAt} />,
    },
    {
      key: 'used',
      title: words.access.lastUsed,
      track: 'minmax(7rem, 1fr)',
      render: ({ lastUsedAt }) => <Time at={lastUsedAt} />,
    },
    {
      key: 'actions',
      title: words.fields.actions,
      track: '6rem',
      render: (row) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={sessions.endOf(row.person)}
          onClick={() => {
            ending.reset();
            setPerson(row.person);
          }}
        >
          {sessions.endAll}
        </Button>
      ),
    },
  ];
  return (
    <Stack component="section" gap="sm">
      <Title order={2} size="h4">
        {sessions.title}
      </Title>
      <Text>{sessions.intro}</Text>
      <Text role="status" size="sm">
        {ending.isSuccess && sessions.ended(ending.variables, format.number(ending.data.ended))}
      </Text>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      <VirtualTable
        label={sessions.title}
        columns={columns}
        rows={rows}
        rowKey={({ name, createdAt }) => `${createdAt} ${name}`}
        empty={found.isError ? '' : sessions.none}
        loading={found.isLoading}
      />
      <Confirm
        opened={person !== null}
        title={sessions.endTitle(person ?? '')}
        text={isOwn ? `${sessions.endText} ${sessions.endOwn}` : sessions.endText}
        yes={sessions.endAll}
        no={words.cancel}
        busy={ending.isPending}
        error={ending.error}
        onYes={() => person !== null && ending.mutate(person)}
        onNo={() => setPerson(null)}
      />
    </Stack>
  );
}
