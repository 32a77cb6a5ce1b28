import { cleanText } from './fold.ts';

/** Text kept of one message, UTF-16 units; the platform's own limit is 12 KB for the whole message. */
export const maxTextLength = 65_536;
/** Merged messages inside merged messages that are read. */
const maxRelayDepth = 16;
/** Levels of objects, arrays and JSON in strings that are read in a custom element. */
const maxJsonDepth = 64;

type Fields = Readonly<Record<string, unknown>>;

/**
 * What people see and may search for in a `MsgBody`, one line for each part: `Text`, `Desc` of places,
 * `Data` of faces, `Desc`, `Data` and `Ext` of custom elements, file names, and title, abstracts and
 * messages of merged ones (Message Formats, intl 33527). Anything of another shape has no text. Never
 * throws; at most 65,536 characters; free of U+0000 and lone surrogates.
 */
export function textOf(msgBody: readonly unknown[]): string {
  const lines = createLines();
  addBody(lines, msgBody, 0);
  return lines.text();
}

interface Lines {
  add(text: unknown): void;
  full(): boolean;
  text(): string;
}

function createLines(): Lines {
  const lines: string[] = [];
  let room = maxTextLength;
  return {
    add(text) {
      if (typeof text !== 'string' || text === '' || room <= 0) return;
      lines.push(text.length > room ? text.slice(0, room) : text);
      room -= text.length + 1;
    },
    full: () => room <= 0,
    text: () => cleanText(lines.length === 1 ? String(lines[0]) : lines.join('\n')),
  };
}

function addBody(lines: Lines, msgBody: unknown, depth: number): void {
  if (!Array.isArray(msgBody) || depth > maxRelayDepth) return;
  for (const element of msgBody) {
    if (lines.full()) return;
    if (!isFields(element) || !isFields(element['MsgContent'])) continue;
    addElement(lines, element['MsgType'], element['MsgContent'], depth);
  }
}

function addElement(lines: Lines, msgType: unknown, content: Fields, depth: number): void {
  switch (msgType) {
    case 'TIMTextElem':
      return lines.add(content['Text']);
    case 'TIMLocationElem':
      return lines.add(content['Desc']);
    case 'TIMFaceElem':
      return lines.add(content['Data']);
    case 'TIMCustomElem':
      for (const name of ['Desc', 'Data', 'Ext']) addMaybeJson(lines, content[name], 0);
      return;
    case 'TIMFileElem':
      // The table of the page prints fileName, its sample FileName.
      for (const name of ['FileName', 'fileName']) addFileName(lines, content[name]);
      return;
    case 'TIMRelayElem':
      return addRelay(lines, content, depth);
    default:
  }
}

/** `CompatibleText` is a stock phrase of the app, the same in every merged message: no text of this one. */
function addRelay(lines: Lines, content: Fields, depth: number): void {
  lines.add(content['Title']);
  if (Array.isArray(content['AbstractList'])) for (const abstract of content['AbstractList']) lines.add(abstract);
  if (!Array.isArray(content['MsgList'])) return;
  for (const message of content['MsgList']) {
    if (isFields(message)) addBody(lines, message['MsgBody'], depth + 1);
  }
}

/** A name may be a path or URL (`file:///…`): its last part is also read with the escapes undone. */
function addFileName(lines: Lines, name: unknown): void {
  lines.add(name);
  if (typeof name !== 'string' || !name.includes('%')) return;
  const last = name.slice(name.lastIndexOf('/') + 1);
  try {
    const decoded = decodeURIComponent(last);
    if (decoded !== last) lines.add(decoded);
  } catch {
    // A per cent sign that escapes nothing.
  }
}

/**
 * Apps keep their cards as JSON in these strings. Then the strings and numbers inside count, not the
 * names of fields: whoever searches for "title" does not mean every card that has one.
 */
function addMaybeJson(lines: Lines, text: unknown, depth: number): void {
  if (typeof text !== 'string' || depth > maxJsonDepth) return;
  const parsed = parseJson(text);
  if (parsed === undefined) lines.add(text);
  else addValues(lines, parsed, depth + 1);
}

function addValues(lines: Lines, value: unknown, depth: number): void {
  if (lines.full() || depth > maxJsonDepth) return;
  if (typeof value === 'string') addMaybeJson(lines, value, depth);
  else if (typeof value === 'number') lines.add(String(value));
  else if (Array.isArray(value)) for (const item of value) addValues(lines, item, depth + 1);
  else if (isFields(value)) for (const item of Object.values(value)) addValues(lines, item, depth + 1);
}

/** What a JSON object, array or string holds; undefined for anything else. */
function parseJson(text: string): unknown {
  if (!/^\s*[{["]/u.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
