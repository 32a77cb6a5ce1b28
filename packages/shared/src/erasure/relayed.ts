type Fields = Readonly<Record<string, unknown>>;

/**
 * A `MsgBody` without what a person wrote in merged messages (`TIMRelayElem`): the messages by that person
 * go, and with them the abstracts, which do not say whose they are. null: there is none of the person's.
 */
export function withoutRelayed(msgBody: readonly unknown[], sender: string): readonly unknown[] | null {
  let changed = false;
  const body = msgBody.map((element) => {
    const shortened = withoutRelayedIn(element, sender);
    changed ||= shortened !== element;
    return shortened;
  });
  return changed ? body : null;
}

function withoutRelayedIn(element: unknown, sender: string): unknown {
  const content = isFields(element) && element['MsgType'] === 'TIMRelayElem' ? element['MsgContent'] : undefined;
  if (!isFields(element) || !isFields(content) || !Array.isArray(content['MsgList'])) return element;
  const list = content['MsgList'] as readonly unknown[];
  const kept = list
    .filter((message) => !isFields(message) || message['From_Account'] !== sender)
    .map((message) => {
      if (!isFields(message) || !Array.isArray(message['MsgBody'])) return message;
      const inner = withoutRelayed(message['MsgBody'], sender);
      return inner === null ? message : { ...message, MsgBody: inner };
    });
  if (kept.length === list.length && kept.every((message, at) => message === list[at])) return element;
  return { ...element, MsgContent: { ...content, AbstractList: [], MsgList: kept } };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
