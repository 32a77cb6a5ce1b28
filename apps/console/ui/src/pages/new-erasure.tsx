import type { Erasure, ErasurePreview } from '@chat-recall/client/types';
import { Alert, Button, Group, Modal, SimpleGrid, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { request } from '../api/client.ts';
import { faultsByField } from '../api/problem.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { faultText } from '../recall/fault-text.ts';
import { useFormat } from '../words/format.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';

interface Person {
  readonly sender: string;
  readonly reason: string;
}

const nobody: Person = { sender: '', reason: '' };

/** First what names the person is counted; then the id is typed once more. */
export function NewErasure() {
  const words = useWords();
  const language = useLanguage();
  const [form, setForm] = useState(nobody);
  const [ours, setOurs] = useState<Partial<Record<keyof Person, string>>>({});
  const counting = useMutation({
    mutationFn: (body: Person) => request<ErasurePreview>('POST', '/api/v1/erasures', { body }),
  });
  const told = faultsByField(counting.error, (path) => path);
  const bind = (name: keyof Person) => {
    const fault = told[name];
    return {
      value: form[name],
      onChange: (event: { currentTarget: { value: string } }) =>
        setForm({ ...form, [name]: event.currentTarget.value }),
      error: ours[name] ?? (fault === undefined ? null : faultText(fault, language)),
      required: true,
    };
  };
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (counting.isPending) return;
    const wrong: typeof ours = {};
    // An id is what it is, spaces included.
    if (form.sender === '') wrong.sender = words.faults.blank;
    if (form.reason.trim() === '') wrong.reason = words.faults.blank;
    setOurs(wrong);
    if (Object.keys(wrong).length === 0) counting.mutate(form);
  }
  return (
    <form onSubmit={submit} noValidate aria-label={words.erasures.newTitle}>
      <Stack gap="sm">
        <Title order={2} size="h4">
          {words.erasures.newTitle}
        </Title>
        <SimpleGrid cols={{ base: 1, sm: 2 }} style={{ alignItems: 'end' }}>
          <TextInput label={words.erasures.sender} autoComplete="off" {...bind('sender')} />
          <TextInput label={words.erasures.reason} description={words.erasures.reasonHint} {...bind('reason')} />
        </SimpleGrid>
        <ProblemNote error={counting.error} />
        <Group>
          <Button type="submit" loading={counting.isPending}>
            {words.erasures.count}
          </Button>
        </Group>
      </Stack>
      <Modal
        opened={counting.isSuccess}
        onClose={() => counting.reset()}
        title={words.erasures.confirmTitle}
        closeButtonProps={{ 'aria-label': words.close }}
      >
        {counting.isSuccess && (
          <ConfirmErasure
            person={counting.variables}
            found={counting.data.found}
            onDone={() => {
              counting.reset();
              setForm(nobody);
            }}
            onCancel={() => counting.reset()}
          />
        )}
      </Modal>
    </form>
  );
}

function ConfirmErasure({
  person,
  found,
  onDone,
  onCancel,
}: {
  readonly person: Person;
  readonly found: ErasurePreview['found'];
  readonly onDone: () => void;
  readonly onCancel: () => void;
}) {
  const words = useWords();
  const format = useFormat();
  const client = useQueryClient();
  const [again, setAgain] = useState('');
  const [different, setDifferent] = useState(false);
  const erasing = useMutation({
    mutationFn: () => request<Erasure>('POST', '/api/v1/erasures', { body: { ...person, confirm: true } }),
    onSuccess: () => {
      onDone();
      return client.invalidateQueries({ queryKey: ['erasures'] });
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    // The form of the page stands around this dialog, though not in the document.
    event.stopPropagation();
    setDifferent(again !== person.sender);
    if (again === person.sender && !erasing.isPending) erasing.mutate();
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{words.erasures.confirmText}</Text>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.erasures.foundTitle}</Table.Th>
              <Table.Th ta="end">{words.fields.count}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(['messages', 'outcomes', 'evidence', 'recalls', 'openRecalls'] as const).map((name) => (
              <Table.Tr key={name}>
                <Table.Td>{words.erasures.found[name]}</Table.Td>
                <Table.Td ta="end" data-figure={`found-${name}`}>
                  {format.number(found[name])}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {found.protected && (
          <Alert color="orange" variant="outline">
            {words.erasures.protected}
          </Alert>
        )}
        <TextInput
          label={words.erasures.again}
          value={again}
          onChange={(event) => setAgain(event.currentTarget.value)}
          error={different ? words.erasures.different : null}
          autoComplete="off"
          data-autofocus
        />
        <ProblemNote error={erasing.error} />
        <Group>
          <Button type="submit" color="red" loading={erasing.isPending}>
            {words.erasures.erase}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {words.cancel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
