import type { Recall } from '@chat-recall/client/types';
import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { request } from '../api/client.ts';
import { Figure, Figures } from '../parts/figure.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { useMay } from '../session/use-session.ts';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/index.ts';

const figures = ['answered', 'confirmed', 'verified', 'unproved'] as const;

/** How well it is proved that what was recalled is gone. */
export function ProofPanel({ recall: { id, proof } }: { readonly recall: Recall }) {
  const words = useWords();
  const format = useFormat();
  const may = useMay();
  const client = useQueryClient();
  const verification = useMutation({
    mutationFn: (all: boolean) => request<Recall>('POST', `/api/v1/recalls/${id}/verify`, { body: { all } }),
    onSuccess: (next) => client.setQueryData(['recall', id], next),
  });
  const asks = proof.verification === 'wanted';
  const button = (all: boolean, label: string) => (
    <Button
      variant={all ? 'default' : 'filled'}
      loading={verification.isPending && verification.variables === all}
      onClick={() => verification.mutate(all)}
    >
      {label}
    </Button>
  );
  return (
    <Stack component="section" gap="xs" aria-label={words.proof.title}>
      <Title order={2} size="h4">
        {words.proof.title}
      </Title>
      {proof.flagged && (
        <Alert color="red" variant="outline" role="alert" data-flagged>
          {words.proof.alarm(format.number(proof.unproved))}
        </Alert>
      )}
      <Figures>
        {figures.map((name) => (
          <Figure key={name} label={words.proof[name]} id={name}>
            {format.number(proof[name])}
          </Figure>
        ))}
      </Figures>
      {proof.verification !== null && (
        <Text size="sm" role="status">
          {asks ? words.proof.wanted : words.proof.done}{' '}
          {proof.unverifiable > 0 && words.proof.unverifiable(format.number(proof.unverifiable))}
        </Text>
      )}
      <ProblemNote error={verification.error} />
      {may.recall && !asks && (
        <Group>
          {proof.unproved > 0 && button(false, words.proof.verify)}
          {proof.verified < proof.answered - proof.unproved && button(true, words.proof.verifyAll)}
        </Group>
      )}
    </Stack>
  );
}
