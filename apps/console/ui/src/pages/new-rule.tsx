import type { Rule, RuleRequest } from '@chat-recall/client/types';
import { Alert, Button, Group, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import { request } from '../api/client.ts';
import { ButtonLink } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { idempotencyKey, newDraftId } from '../recall/draft.ts';
import { faultsOfAnswer } from '../recall/faults-of-answer.ts';
import { newRuleDraft, ruleFields, ruleRequestOf, type RuleDraft, type RuleFaults } from '../recall/rule-request.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';

type TextField = { [K in keyof RuleDraft]: RuleDraft[K] extends string ? K : never }[keyof RuleDraft];

export function NewRulePage() {
  const words = useWords();
  const language = useLanguage();
  const [, go] = useLocation();
  const [draftId] = useState(newDraftId);
  const [draft, setDraft] = useState(() => newRuleDraft(Date.now()));
  const [faults, setFaults] = useState<RuleFaults>({});
  const form = useRef<HTMLFormElement>(null);
  const creation = useMutation({
    mutationFn: (body: RuleRequest) =>
      request<Rule>('POST', '/api/v1/rules', { body, headers: { 'idempotency-key': idempotencyKey(draftId, body) } }),
    onSuccess: () => go('/rules', { replace: true }),
    onError: (error) => setFaults(faultsOfAnswer(error, ruleFields, words, language)),
  });
  // The first field with a fault gets the focus.
  useEffect(() => {
    if (Object.keys(faults).length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [faults]);

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (creation.isPending) return;
    const judged = ruleRequestOf(draft, words);
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

  return (
    <Page title={words.rules.newTitle}>
      <form onSubmit={submit} ref={form} noValidate>
        <Stack>
          <Text>{words.rules.newIntro}</Text>
          {faults.form !== undefined && (
            <Alert color="red" variant="outline" role="alert">
              {faults.form}
            </Alert>
          )}
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
            {(['senders', 'keywords', 'groupIds', 'topicIds', 'excludeSenders'] as const).map((name) => (
              <Textarea
                key={name}
                label={words.fields[name]}
                description={words.fields.perLine}
                rows={3}
                {...bind(name)}
              />
            ))}
            <TextInput
              type="datetime-local"
              step={1}
              label={words.rules.since}
              description={words.rules.sinceHint}
              {...bind('from')}
            />
          </SimpleGrid>
          <Textarea
            label={words.fields.reason}
            description={words.create.reasonHint}
            rows={2}
            required
            {...bind('reason')}
          />
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <TextInput label={words.rules.name} description={words.rules.nameHint} {...bind('name')} />
            <TextInput
              label={words.rules.cap}
              description={words.rules.capHint}
              inputMode="numeric"
              required
              {...bind('dailyCap')}
            />
            <TextInput
              type="datetime-local"
              label={words.rules.expires}
              description={words.rules.expiresHint}
              required
              {...bind('expiresAt')}
            />
          </SimpleGrid>
          <ProblemNote error={creation.error} />
          <Group>
            <Button type="submit" color="red" loading={creation.isPending}>
              {words.rules.create}
            </Button>
            <ButtonLink to="/rules" variant="default">
              {words.create.discard}
            </ButtonLink>
          </Group>
        </Stack>
      </form>
    </Page>
  );
}
