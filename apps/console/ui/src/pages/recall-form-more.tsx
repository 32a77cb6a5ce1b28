import { Checkbox, NativeSelect, Stack } from '@mantine/core';
import type { Draft } from '../recall/draft.ts';
import type { DraftFaults } from '../recall/request-of.ts';
import { useWords } from '../words/index.ts';

const lengths = ['0', '60', '300', '600', '3600', '86400'] as const;

/** Whether the recall follows what comes, and what is compared with history before it. */
export function MoreOfRecall({
  draft,
  faults,
  onChange,
}: {
  readonly draft: Draft;
  readonly faults: DraftFaults;
  readonly onChange: (change: Partial<Draft>) => void;
}) {
  const { following } = useWords();
  return (
    <Stack gap="sm">
      <NativeSelect
        label={following.label}
        description={following.hint}
        data={lengths.map((value) => ({ value, label: following.options[value] }))}
        value={draft.follow}
        onChange={(event) => onChange({ follow: event.currentTarget.value })}
        error={faults.follow ?? null}
        maw={420}
      />
      {(['verifySenders', 'refresh'] as const).map((name) => (
        <Checkbox
          key={name}
          label={following[name]}
          description={following[`${name}Hint`]}
          checked={draft[name]}
          onChange={(event) => onChange({ [name]: event.currentTarget.checked })}
          error={faults[name] ?? null}
        />
      ))}
    </Stack>
  );
}
