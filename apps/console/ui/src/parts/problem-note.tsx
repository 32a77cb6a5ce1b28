import { Alert, Button, Group, Text } from '@mantine/core';
import { isPassing } from '../api/client.ts';
import { Problem } from '../api/problem.ts';
import { useWords, type Words } from '../words/index.ts';

/** What went wrong, in words. Nothing when nothing did. */
export function ProblemNote({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const words = useWords();
  if (error === null || error === undefined) return null;
  return (
    <Alert color="red" role="alert" variant="outline">
      <Group justify="space-between">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {problemText(error, words)}
        </Text>
        {onRetry !== undefined && isPassing(error) && (
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            {words.tryAgain}
          </Button>
        )}
      </Group>
    </Alert>
  );
}

export function problemText(error: unknown, words: Words): string {
  if (!(error instanceof Problem)) return words.problem.other(error instanceof Error ? error.message : '');
  switch (error.code) {
    case 'offline':
    case 'unauthenticated':
    case 'not_found':
    case 'query_timeout':
    case 'unavailable':
    case 'too_many_attempts':
    case 'invalid_request':
      return words.problem[error.code];
    case 'forbidden':
    case 'conflict':
      return words.problem[error.code](error.message);
    default:
      return words.problem.other(error.message);
  }
}
