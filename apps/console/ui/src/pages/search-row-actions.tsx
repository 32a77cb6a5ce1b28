import type { Message } from '@chat-recall/client/types';
import { ActionIcon, Menu } from '@mantine/core';
import { useEffect, useRef, useState, type MouseEvent } from 'react';
import { useLocation } from 'wouter';
import { queryString } from '../api/client.ts';
import { Icon } from '../parts/icons.tsx';
import { draftLink } from '../recall/draft.ts';
import { emptySearch, named, searchQuery } from '../recall/search-url.ts';
import { useMay } from '../session/use-session.ts';
import { useWords } from '../words/index.ts';

/** What can be done about a message. The menu is made when it is first opened: as many as rows would cost a quarter of each frame of scrolling. */
export function RowActions({ row }: { readonly row: Message }) {
  const words = useWords();
  const [used, use] = useState(false);
  if (used) return <RowMenu row={row} />;
  return (
    <ActionIcon
      variant="default"
      aria-label={words.search.rowActions(row.msgSeq)}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => use(true)}
    >
      <Icon of="dots" />
    </ActionIcon>
  );
}

function RowMenu({ row }: { readonly row: Message }) {
  const words = useWords();
  const may = useMay();
  const [, go] = useLocation();
  const { groupId, topicId, msgSeq, sender } = row;
  const targets: readonly (readonly [label: string, to: string, recalls: boolean])[] = [
    [words.search.bySender, `/${searchQuery({ ...emptySearch, senders: [sender] })}`, false],
    [words.search.copies, `/${searchQuery({ ...emptySearch, sameTextAs: named(row) })}`, false],
    [words.search.senderPage, `/senders${queryString({ sender })}`, false],
    [words.search.recallThis, draftLink({ messages: [{ groupId, topicId, msgSeqs: [msgSeq] }] }), true],
    [words.search.recallSender, draftLink({ senders: [sender] }), true],
    [words.search.recallCopies, draftLink({ sameTextAs: named(row) }), true],
  ];
  const follow = (to: string) => (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(to);
  };
  // Its button stands where the one was that had the focus.
  const button = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    button.current?.focus({ preventScroll: true });
    setOpened(true);
  }, []);
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false} opened={opened} onChange={setOpened}>
      <Menu.Target>
        <ActionIcon ref={button} variant="default" aria-label={words.search.rowActions(msgSeq)}>
          <Icon of="dots" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {targets
          .filter(([, , recalls]) => may.recall || !recalls)
          .map(([label, to, recalls]) => (
            <Menu.Item
              key={label}
              component="a"
              href={to}
              onClick={follow(to)}
              {...(recalls ? { className: 'tint-red' } : {})}
            >
              {label}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}
