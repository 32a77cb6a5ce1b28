import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { request } from '../api/client.ts';
import { faultsByField } from '../api/problem.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { faultText } from '../recall/fault-text.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';

export type Kind = 'senders' | 'messages';
export type Field = 'sender' | 'groupId' | 'topicId' | 'msgSeq' | 'reason';

/** The form that protects one more. */
export function Protect({ kind, fields }: { readonly kind: Kind; readonly fields: readonly Field[] }) {
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

/** The button that takes one off the list, once it was asked about. */
export function Unprotect({ kind, what, body }: { readonly kind: Kind; readonly what: string; readonly body: object }) {
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
