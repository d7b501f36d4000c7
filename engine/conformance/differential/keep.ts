/** A session that shows a difference, as a transcript that says what the real server answers. */
import { exactly, exceptionFor } from '../exceptions.ts';
import type { Expectation } from '../expectation.ts';
import { isError } from '../loose.ts';
import { quote } from '../quoting.ts';
import type { Reply } from '../reply.ts';
import { printTranscript, type Happening, type Item } from '../transcript.ts';
import { withCompanions, type Move } from './moves.ts';
import type { Heard } from './play.ts';

/** Words that need no quotes, nor are anything but themselves to a transcript. */
const BARE = /^[\w.:*?+\-[\]()^|#]+$/;

export function transcriptOf(sentence: string, moves: readonly Move[], heard: readonly Heard[]): string {
  const items: Item[] = [{ kind: 'case', line: 0, sentence }];
  for (const client of namedIn(moves)) items.push(asksForId(client));
  moves.forEach((move, at) => {
    if (move.kind === 'wait') {
      items.push({ kind: 'wait', line: 0, text: `~ ${move.ms}ms`, ms: move.ms });
      return;
    }
    const happenings = heard.filter((what) => what.move === at).map(happeningOf);
    const own = happenings.filter(({ client }) => client === move.client);
    const others = happenings.filter(({ client }) => client !== move.client);
    if (own.length === 0) own.push({ client: move.client, line: 0, kind: 'nothing' });
    items.push({
      ...{ kind: 'send', line: 0, client: move.client },
      inputs: inputsOf(move.client, move.lines.flatMap(withCompanions)),
      happenings: [...own, ...others],
    });
  });
  return printTranscript({ name: '', items });
}

function inputsOf(client: number, lines: readonly (readonly string[])[]): string[] {
  return lines.map((words, i) => `${client}${i < lines.length - 1 ? '|' : '>'} ${typed(words)}`);
}

function typed(words: readonly string[]): string {
  return words.map((word) => (BARE.test(word) || /^\$\{id\d\}$/.test(word) ? word : quote(word))).join(' ');
}

function namedIn(moves: readonly Move[]): string[] {
  const words = moves.flatMap((move) => (move.kind === 'send' ? move.lines.flat() : []));
  return [...new Set(words.flatMap((word) => /^\$\{id(\d)\}$/.exec(word)?.[1] ?? []))].sort();
}

function asksForId(client: string): Item {
  const node: Expectation = { kind: 'scalar', rule: 'text', argument: `^(?<id${client}>\\d+)$` };
  return {
    ...{ kind: 'send', line: 0, client: Number(client), inputs: [`${client}> CLIENT ID`] },
    happenings: [{ client: Number(client), line: 0, kind: 'reply', node }],
  };
}

function happeningOf({ client, words, reply }: Heard): Happening {
  if (reply === 'closed') return { client, line: 0, kind: 'closed' };
  return { client, line: 0, kind: 'reply', node: expectationOf(words, reply) };
}

function expectationOf(words: readonly string[] | null, reply: Reply): Expectation {
  const exception = words === null || isError(reply) ? undefined : exceptionFor(words);
  return exception?.expected(reply) ?? exactly(reply);
}

/** A difference as one reads it in a terminal. */
export function inBrief(reply: string): string {
  return reply.length > 1000 ? `${reply.slice(0, 1000)} …` : reply;
}
