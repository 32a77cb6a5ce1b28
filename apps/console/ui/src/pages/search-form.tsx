import {
  Button,
  Group,
  MultiSelect,
  Pill,
  SegmentedControl,
  SimpleGrid,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import { faultsByField } from '../api/problem.ts';
import { Id } from '../parts/quoted.tsx';
import { emptySearch, quickWindows, searchQuery, type Search } from '../recall/search-url.ts';
import { faultText } from '../recall/fault-text.ts';
import { useMay } from '../session/use-session.ts';
import { toIso, toLocal } from '../text/local-time.ts';
import { useLanguage } from '../words/language.ts';
import { useWords } from '../words/index.ts';

/** Writes the search into the address; the page reads it there. */
export function SearchForm({ search, error }: { readonly search: Search; readonly error: unknown }) {
  const words = useWords();
  const language = useLanguage();
  const may = useMay();
  const [, go] = useLocation();
  const [form, setForm] = useState(search);
  const [from, setFrom] = useState(toLocal(search.from));
  const [to, setTo] = useState(toLocal(search.to));
  const [order, setOrder] = useState<string | null>(null);
  const told = faultsByField(error, (path) => path.replace(/\[.*$/u, ''));
  const fault = (name: string): string | null => {
    const found = told[name];
    return found === undefined ? null : faultText(found, language);
  };

  function submit(event: FormEvent): void {
    event.preventDefault();
    const custom = form.window === 'custom';
    const next = { ...form, from: custom ? (toIso(from) ?? '') : '', to: custom ? (toIso(to) ?? '') : '' };
    if (next.from !== '' && next.to !== '' && next.from >= next.to) return setOrder(words.faults.order);
    setOrder(null);
    go(`/${searchQuery(next)}`);
  }

  const tags = (name: 'senders' | 'keywords' | 'groupIds' | 'topicIds', parameter: string) => ({
    label: words.fields[name],
    description: words.fields.enterAdds,
    value: [...form[name]],
    onChange: (value: string[]) => setForm({ ...form, [name]: value }),
    error: fault(parameter),
    // A comma may be part of an id or a word; a pasted list has lines.
    splitChars: ['\n'],
    clearable: true,
    clearButtonProps: { 'aria-label': `${words.search.clear}: ${words.fields[name]}` },
  });

  return (
    <form onSubmit={submit} role="search" noValidate>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 2, lg: 4 }}>
          {may.readText && <TagsInput {...tags('keywords', 'keyword')} />}
          <TagsInput {...tags('senders', 'sender')} />
          <TagsInput {...tags('groupIds', 'groupId')} />
          <TagsInput {...tags('topicIds', 'topicId')} />
        </SimpleGrid>
        <Group align="end">
          <div>
            <Text size="sm" fw={500} id="window-label">
              {words.search.window}
            </Text>
            <SegmentedControl
              aria-labelledby="window-label"
              className="windows"
              value={form.window}
              onChange={(value) => setForm({ ...form, window: value })}
              data={quickWindows.map((value) => ({ value, label: words.search.windows[value] }))}
            />
          </div>
          {form.window === 'custom' && (
            <>
              <TextInput
                type="datetime-local"
                step={1}
                label={words.fields.from}
                value={from}
                onChange={(event) => setFrom(event.currentTarget.value)}
                error={fault('sentFrom')}
              />
              <TextInput
                type="datetime-local"
                step={1}
                label={words.fields.to}
                value={to}
                onChange={(event) => setTo(event.currentTarget.value)}
                error={order ?? fault('sentTo')}
              />
            </>
          )}
          <MultiSelect
            label={words.fields.kinds}
            value={[...form.kinds]}
            onChange={(kinds) => setForm({ ...form, kinds })}
            data={Object.entries(words.kinds).map(([value, label]) => ({ value, label }))}
            error={fault('messageType')}
            miw={200}
          />
          <Group>
            <Button type="submit">{words.search.submit}</Button>
            <Button variant="default" onClick={() => go(`/${searchQuery(emptySearch)}`)}>
              {words.search.clear}
            </Button>
          </Group>
        </Group>
        {form.sameTextAs !== null && (
          <Group gap="xs">
            <Text size="sm">{words.search.sameText}</Text>
            <Pill
              withRemoveButton
              onRemove={() => go(`/${searchQuery({ ...form, sameTextAs: null })}`)}
              removeButtonProps={{ 'aria-label': words.create.removeSameText, 'aria-hidden': false, tabIndex: 0 }}
            >
              <Id of={form.sameTextAs.groupId} /> #{form.sameTextAs.msgSeq}
            </Pill>
          </Group>
        )}
      </Stack>
    </form>
  );
}
