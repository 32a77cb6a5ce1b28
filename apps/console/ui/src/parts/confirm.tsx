import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useWords } from '../words/index.ts';
import { ProblemNote } from './problem-note.tsx';

/** A question before what cannot be taken back; the harmless answer has the focus. */
export function Confirm({
  opened,
  title,
  text,
  yes,
  no,
  busy,
  error = null,
  onYes,
  onNo,
}: {
  readonly opened: boolean;
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly no: string;
  readonly busy: boolean;
  readonly error?: unknown;
  readonly onYes: () => void;
  readonly onNo: () => void;
}) {
  const words = useWords();
  return (
    <Modal opened={opened} onClose={onNo} title={title} closeButtonProps={{ 'aria-label': words.close }}>
      <Stack>
        <Text>{text}</Text>
        <ProblemNote error={error} />
        <Group>
          <Button color="red" loading={busy} onClick={onYes}>
            {yes}
          </Button>
          <Button variant="default" data-autofocus onClick={onNo}>
            {no}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
