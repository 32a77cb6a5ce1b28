import type { Recall } from '@chat-recall/client/types';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { request } from '../api/client.ts';
import type { Pace, RecallState } from '../api/types.ts';

/** States in which nothing goes on by itself. */
const final: ReadonlySet<RecallState> = new Set(['completed', 'completed_with_failures', 'cancelled', 'failed']);

export function isFinal(state: RecallState): boolean {
  return final.has(state);
}

/** How often a recall is asked for while no events come, ms. */
const pollMs = 3_000;
/** Callbacks and history may prove what was recalled long after its end, ms. */
const proofPollMs = 15_000;

/**
 * A recall as it goes on: by server-sent events, and by asking every few seconds while there are none.
 * `live` tells which.
 */
export function useRecall(id: string) {
  const client = useQueryClient();
  const [live, setLive] = useState(false);
  const found = useQuery({
    queryKey: ['recall', id],
    queryFn: ({ signal }) => request<Recall & Partial<Pace>>('GET', `/api/v1/recalls/${id}`, { signal }),
    refetchInterval: ({ state }) => intervalOf(state.data, live),
    // The answer to a plain question has no pace: keep what the events told.
    structuralSharing: (before, after) => ({ ...paceOf(before), ...(after as Recall) }),
  });
  const watched = found.data !== undefined && !isFinal(found.data.state);

  useEffect(() => {
    if (!watched) return;
    const events = new EventSource(`/api/v1/recalls/${id}/events`);
    events.addEventListener('open', () => setLive(true));
    events.addEventListener('error', () => {
      // Of what happened meanwhile, and of an expired session, asking tells.
      setLive(false);
      void client.invalidateQueries({ queryKey: ['recall', id], exact: true });
    });
    events.addEventListener('recall', ({ data }: MessageEvent<string>) => {
      const recall = JSON.parse(data) as Recall & Pace;
      client.setQueryData(['recall', id], recall);
      if (isFinal(recall.state)) events.close();
    });
    return () => {
      events.close();
      setLive(false);
    };
  }, [client, id, watched]);

  return { ...found, live: live && watched };
}

function intervalOf(recall: Recall | undefined, live: boolean): number | false {
  if (recall === undefined || !isFinal(recall.state)) return live ? false : pollMs;
  if (recall.proof.verification === 'wanted') return pollMs;
  return recall.proof.unproved > 0 ? proofPollMs : false;
}

function paceOf(before: unknown): Partial<Pace> {
  const { ratePerSecond, etaSeconds, exposureSeconds } = (before ?? {}) as Partial<Pace>;
  return {
    ...(ratePerSecond !== undefined && { ratePerSecond }),
    ...(etaSeconds !== undefined && { etaSeconds }),
    ...(exposureSeconds !== undefined && { exposureSeconds }),
  };
}
