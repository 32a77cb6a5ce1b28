import type { Recall, RecallRequest } from '@chat-recall/client/types';
import {
  Alert,
  Button,
  Checkbox,
  FileButton,
  Group,
  NativeSelect,
  Pill,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import { request } from '../api/client.ts';
import { Id } from '../parts/quoted.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { dropDraft, idempotencyKey, saveDraft, type Draft } from '../recall/draft.ts';
import { faultsOfAnswer, recallFields } from '../recall/faults-of-answer.ts';
import { requestOf, type DraftFaults } from '../recall/request-of.ts';
import { readSequences } from '../recall/sequences.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';
import { MoreOfRecall } from './recall-form-more.tsx';

type TextField = { [K in keyof Draft]: Draft[K] extends string ? K : never }[keyof Draft];

export function RecallForm({ draftId, initial }: { readonly draftId: string; readonly initial: Draft }) {
  const words = useWords();
  const language = useLanguage();
  const [, go] = useLocation();
  const [draft, setDraft] = useState(initial);
  const [faults, setFaults] = useState<DraftFaults>({});
  const [csvNote, setCsvNote] = useState('');
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => saveDraft(draftId, draft), [draftId, draft]);

  const creation = useMutation({
    mutationFn: (body: RecallRequest) =>
      request<Recall>('POST', '/api/v1/recalls', {
        body,
        headers: { 'idempotency-key': idempotencyKey(draftId, body) },
      }),
    onSuccess: ({ id }) => {
      dropDraft(draftId);
      go(`/recalls/${id}`, { replace: true });
    },
    onError: (error) => setFaults(faultsOfAnswer(error, recallFields, words, language)),
  });
  // The first field with a fault gets the focus.
  useEffect(() => {
    if (Object.keys(faults).length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [faults]);

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (creation.isPending) return;
    const judged = requestOf(draft, words);
    setFaults('faults' in judged ? judged.faults : {});
    creation.reset();
    if ('request' in judged) creation.mutate(judged.request);
  }

  const bind = (name: TextField) => ({
    value: draft[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setDraft((before) => ({ ...before, [name]: value }));
    },
    error: faults[name] ?? null,
  });
  const list = (name: 'senders' | 'excludeSenders' | 'keywords' | 'groupIds' | 'topicIds') => (
    <Textarea label={words.fields[name]} description={words.fields.perLine} rows={3} {...bind(name)} />
  );

  async function readFile(file: File | null): Promise<void> {
    if (file === null) return;
    const text = await file.text();
    const { messages, count, badLines } = readSequences(text);
    if (badLines[0] !== undefined) {
      setFaults((before) => ({ ...before, sequences: words.faults.badSequence(badLines[0] ?? 0) }));
      return;
    }
    setCsvNote(count === 0 ? words.create.csvEmpty : words.create.csvRead(count));
    const lines = messages.flatMap(({ groupId, topicId, msgSeqs }) =>
      msgSeqs.map((sequence) => [groupId, topicId ?? null, sequence].filter((part) => part !== null).join(',')),
    );
    setDraft((before) => ({
      ...before,
      sequences: [before.sequences.trim(), ...lines].filter((line) => line !== '').join('\n'),
    }));
  }

  return (
    <form onSubmit={submit} ref={form} noValidate>
      <Stack>
        <Text>{words.create.intro}</Text>
        {faults.form !== undefined && (
          <Alert color="red" variant="outline" role="alert">
            {faults.form}
          </Alert>
        )}
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {list('senders')}
          {list('keywords')}
          {list('groupIds')}
          {list('topicIds')}
          {list('excludeSenders')}
          <Stack gap="xs">
            <TextInput type="datetime-local" step={1} label={words.fields.from} {...bind('from')} />
            <TextInput type="datetime-local" step={1} label={words.fields.to} {...bind('to')} />
          </Stack>
        </SimpleGrid>
        {draft.sameTextAs !== null && (
          <Group gap="xs">
            <Text size="sm">{words.create.sameText}</Text>
            <Pill
              withRemoveButton
              onRemove={() => setDraft({ ...draft, sameTextAs: null })}
              removeButtonProps={{ 'aria-label': words.create.removeSameText, 'aria-hidden': false, tabIndex: 0 }}
            >
              <Id of={draft.sameTextAs.groupId} /> #{draft.sameTextAs.msgSeq}
            </Pill>
            {faults.sameTextAs !== undefined && <Text c="red">{faults.sameTextAs}</Text>}
          </Group>
        )}
        <Textarea
          label={words.create.sequences}
          description={words.create.sequencesHint}
          rows={3}
          {...bind('sequences')}
        />
        <Group>
          <FileButton accept=".csv,text/csv,text/plain" onChange={(file) => void readFile(file)}>
            {(props) => (
              <Button variant="default" {...props}>
                {words.create.readCsv}
              </Button>
            )}
          </FileButton>
          <Text role="status" size="sm">
            {csvNote}
          </Text>
        </Group>
        <Textarea
          label={words.create.reason}
          description={words.create.reasonHint}
          rows={2}
          required
          {...bind('reason')}
        />
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          <NativeSelect
            label={words.create.priority}
            data={(['urgent', 'normal', 'bulk'] as const).map((value) => ({
              value,
              label: words.create.priorities[value],
            }))}
            {...bind('priority')}
          />
          <TextInput
            label={words.create.limit}
            description={words.create.limitHint}
            inputMode="numeric"
            {...bind('limit')}
          />
        </SimpleGrid>
        <Checkbox
          label={words.create.canary}
          description={words.create.canaryHint}
          checked={draft.canary}
          onChange={(event) => setDraft({ ...draft, canary: event.currentTarget.checked })}
        />
        {draft.canary && (
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
            <TextInput label={words.create.canaryMessages} inputMode="numeric" {...bind('canaryMessages')} />
            <TextInput label={words.create.canaryShare} inputMode="decimal" {...bind('canaryShare')} />
          </SimpleGrid>
        )}
        <MoreOfRecall
          draft={draft}
          faults={faults}
          onChange={(change) => setDraft((before) => ({ ...before, ...change }))}
        />
        <ProblemNote error={creation.error} />
        <Group>
          <Button type="submit" loading={creation.isPending}>
            {words.create.submit}
          </Button>
          <Button
            variant="default"
            onClick={() => {
              dropDraft(draftId);
              go('/recalls');
            }}
          >
            {words.create.discard}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
