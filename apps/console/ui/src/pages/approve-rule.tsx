import type { Recall } from '@chat-recall/client/types';
import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../api/client.ts';
import { Confirm } from '../parts/confirm.tsx';
import { useMay, useSession } from '../session/use-session.ts';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/index.ts';

/** A rule has no plan to look at: what is approved is its selector and its cap. */
export function ApproveRule({ recall: { id, rule, state, requestedBy } }: { readonly recall: Recall }) {
  const words = useWords();
  const format = useFormat();
  const may = useMay();
  const { principal } = useSession();
  const client = useQueryClient();
  const [asking, ask] = useState(false);
  const approval = useMutation({
    mutationFn: () => request<Recall>('POST', `/api/v1/recalls/${id}/approve`, { body: {} }),
    onSuccess: (next) => client.setQueryData(['recall', id], next),
    // Another person may have been quicker.
    onError: () => client.invalidateQueries({ queryKey: ['recall', id] }),
  });
  if (rule === null || state !== 'awaiting_approval' || !may.approve || requestedBy === principal.name) return null;
  return (
    <Group>
      <Button color="red" onClick={() => ask(true)}>
        {words.rules.approve}
      </Button>
      <Confirm
        opened={asking}
        title={words.rules.approveTitle}
        text={words.rules.approveText(format.number(rule.dailyCap))}
        yes={words.rules.approve}
        no={words.cancel}
        busy={approval.isPending}
        error={approval.error}
        onYes={() => approval.mutate()}
        onNo={() => ask(false)}
      />
    </Group>
  );
}
