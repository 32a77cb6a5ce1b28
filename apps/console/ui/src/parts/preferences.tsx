import { ActionIcon, Button, Group, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { useWords } from '../words/index.ts';
import { setLanguage, useLanguage } from '../words/language.ts';
import { Icon } from './icons.tsx';

const next: Readonly<Record<MantineColorScheme, MantineColorScheme>> = { auto: 'light', light: 'dark', dark: 'auto' };
const icons = { auto: 'auto', light: 'sun', dark: 'moon' } as const;

/** Language and colours; both are kept in the browser. */
export function Preferences() {
  const words = useWords();
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Group gap="xs" wrap="nowrap">
      <Button
        variant="default"
        size="compact-md"
        lang={language === 'zh' ? 'en' : 'zh-CN'}
        onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
      >
        {words.language}
      </Button>
      <ActionIcon
        variant="default"
        size="md"
        aria-label={words.scheme[colorScheme]}
        title={words.scheme[colorScheme]}
        onClick={() => setColorScheme(next[colorScheme])}
      >
        <Icon of={icons[colorScheme]} />
      </ActionIcon>
    </Group>
  );
}
