/**
 * A transcript is a text file that says what clients send and what the server answers, byte for byte:
 *
 *   # A comment, at the start of a line and followed by a space.
 *   @server enable-debug-command no     a setting of the server that all cases of the file need
 *   == SET stores a value               a case begins: an empty server, no client connected, nothing captured
 *   1> SET k "v\x00"                    client 1 (it connects when it first speaks) sends a command
 *   +OK                                 and this comes back to it
 *   1| MULTI                            held back …
 *   1> EXEC                             … and sent in one piece with this line
 *   +OK
 *   *0
 *   1>> "*1\r\n$4\r\nPI"                raw bytes
 *   nothing                             no reply comes
 *   2< closed                           something that happens to a client other than the one that spoke last
 *   ~ 20ms                              time passes
 *   1 closes                            the client hangs up; when it speaks again it is a new connection
 *
 * Replies are one line each, the items of an array two spaces further in. Where a real server's reply varies, a matcher
 * stands instead (see expectation.ts). Parsing and printing are exact inverses, so that recording changes replies alone.
 */
import { parseExpectation, printExpectation } from './expectation.ts';
import type { Captures, Expectation } from './expectation.ts';
import { encodeCommand, expand, splitWords } from './quoting.ts';

/** Something that a client sees. */
export type Happening = { client: number; line: number } & (
  { kind: 'reply'; node: Expectation } | { kind: 'closed' } | { kind: 'nothing' }
);

export type Item =
  | { kind: 'text'; line: number; text: string }
  | { kind: 'server'; line: number; text: string; name: string; value: string }
  | { kind: 'case'; line: number; sentence: string }
  | { kind: 'wait'; line: number; text: string; ms: number }
  | { kind: 'hang-up'; line: number; client: number }
  | { kind: 'send'; line: number; client: number; inputs: string[]; happenings: Happening[] };

export interface Transcript {
  name: string;
  items: Item[];
}

export interface Case {
  sentence: string;
  line: number;
  items: Item[];
}

const INPUT = /^(\d+)(\||>>|>) (.+)$/;

export function parseTranscript(name: string, text: string): Transcript {
  const lines = text.replace(/\n$/, '').split('\n');
  const items: Item[] = [];
  let at = 0;
  while (at < lines.length) {
    try {
      at = parseItem(lines, at, items);
    } catch (error) {
      throw new Error(`${name}:${at + 1}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  return { name, items };
}

function parseItem(lines: readonly string[], at: number, items: Item[]): number {
  const text = lines[at] ?? '';
  const line = at + 1;
  if (/[^\t\x20-\x7e]/.test(text) && !text.startsWith('# '))
    throw new Error('only printable ASCII may stand here; write \\xNN');
  if (text.trim() === '' || text === '#' || text.startsWith('# ')) {
    items.push({ kind: 'text', line, text });
  } else if (text.startsWith('== ')) {
    items.push({ kind: 'case', line, sentence: text.slice(3) });
  } else if (text.startsWith('@server ')) {
    const [, setting, ...values] = text.split(' ');
    items.push({ kind: 'server', line, text, name: setting ?? '', value: values.join(' ') });
  } else if (/^~ \d+ms$/.test(text)) {
    items.push({ kind: 'wait', line, text, ms: parseInt(text.slice(2), 10) });
  } else if (/^\d+ closes$/.test(text)) {
    items.push({ kind: 'hang-up', line, client: parseInt(text, 10) });
  } else {
    return parseSend(lines, at, items);
  }
  return at + 1;
}

function parseSend(lines: readonly string[], from: number, items: Item[]): number {
  const inputs: string[] = [];
  let client = 0;
  let at = from;
  for (let held = true; held; at++) {
    const input = INPUT.exec(lines[at] ?? '');
    if (!input) throw new Error(`cannot read the line ${lines[at] ?? '(the end)'}`);
    if (inputs.length > 0 && Number(input[1]) !== client)
      throw new Error('a held line waits for one of the same client');
    client = Number(input[1]);
    inputs.push(lines[at] ?? '');
    held = input[2] === '|';
  }
  const happenings: Happening[] = [];
  while (at < lines.length && isHappening(lines[at] ?? '')) {
    const text = lines[at] ?? '';
    const other = /^(\d+)< (.*)$/.exec(text);
    const who = { client: other ? Number(other[1]) : client, line: at + 1 };
    const what = other?.[2] ?? text;
    if (what === 'closed' || what === 'nothing') {
      happenings.push({ ...who, kind: what });
      at++;
    } else {
      const parsed = parseExpectation(lines, at, 0, what);
      happenings.push({ ...who, kind: 'reply', node: parsed.node });
      at = parsed.end;
    }
  }
  items.push({ kind: 'send', line: from + 1, client, inputs, happenings });
  return at;
}

function isHappening(text: string): boolean {
  if (text.trim() === '' || text === '#' || /^(# |== |~ |@server )/.test(text)) return false;
  return !INPUT.test(text) && !/^\d+ closes$/.test(text);
}

export function printTranscript(transcript: Transcript): string {
  return transcript.items.flatMap(printItem).join('\n') + '\n';
}

function printItem(item: Item): string[] {
  if (item.kind === 'case') return [`== ${item.sentence}`];
  if (item.kind === 'hang-up') return [`${item.client} closes`];
  if (item.kind !== 'send') return [item.text];
  return [...item.inputs, ...item.happenings.flatMap((happening) => printHappening(happening, item.client))];
}

function printHappening(happening: Happening, speaker: number): string[] {
  const lines = happening.kind === 'reply' ? printExpectation(happening.node) : [happening.kind];
  return happening.client === speaker
    ? lines
    : lines.map((line, i) => (i === 0 ? `${happening.client}< ${line}` : line));
}

/** The cases of a transcript, in order; what stands before the first one (comments, settings) belongs to none. */
export function casesOf(transcript: Transcript): Case[] {
  const cases: Case[] = [];
  for (const item of transcript.items) {
    if (item.kind === 'case') cases.push({ sentence: item.sentence, line: item.line, items: [] });
    else cases.at(-1)?.items.push(item);
  }
  return cases;
}

/** The settings a server needs for this transcript, apart from the usual ones. */
export function serverSettings(transcript: Transcript): Record<string, string> {
  return Object.fromEntries(
    transcript.items.flatMap((item) => (item.kind === 'server' ? [[item.name, item.value]] : [])),
  );
}

/** The bytes of a send, with runs and captures filled in. */
export function bytesToSend(inputs: readonly string[], captures: Captures): string {
  return inputs
    .map((input) => {
      const parsed = INPUT.exec(input);
      const words = splitWords(expand(parsed?.[3] ?? '', captures));
      if (!words) throw new Error(`the quotes are not balanced in ${input}`);
      return parsed?.[2] === '>>' ? words.join('') : encodeCommand(words);
    })
    .join('');
}
