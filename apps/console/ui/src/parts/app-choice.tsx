import { NativeSelect, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { severalApps } from '../session/store.ts';
import { useSession } from '../session/use-session.ts';
import { useWords } from '../words/index.ts';

/** A page about one thing is of one app. */
const oneThing = /^(\/[^/]+)\/[\w-]{36}$/u;

/** Which app the page is about, and the choice where several are served. */
export function AppChoice(show: { readonly visibleFrom?: string; readonly hiddenFrom?: string }) {
  const words = useWords();
  const client = useQueryClient();
  const session = useSession();
  const { sdkAppId, sdkAppIds } = session.settings;
  if (!severalApps(session)) {
    return (
      <Text size="sm" className="muted" px="xs" data-app {...show}>
        {words.apps.current(sdkAppId)}
      </Text>
    );
  }
  function choose(next: string): void {
    const secure = location.protocol === 'https:' ? '; Secure' : '';
    document.cookie = `chat_recall_app=${next}; Path=/; SameSite=Strict${secure}`;
    client.clear();
    const [, list] = oneThing.exec(location.pathname) ?? [];
    if (list === undefined) location.reload();
    else location.assign(list);
  }
  return (
    <NativeSelect
      aria-label={words.apps.label}
      size="xs"
      data={sdkAppIds.map((id) => ({ value: String(id), label: words.apps.current(id) }))}
      value={String(sdkAppId)}
      onChange={(event) => choose(event.currentTarget.value)}
      data-app
      {...show}
    />
  );
}
