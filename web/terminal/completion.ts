import { allCommands, findCommand, groupsOf } from './docs.ts';
import type { CommandDocs } from './docs.ts';
import { withoutCount } from './hints.ts';
import { scanLine, wordsOf } from './quoting.ts';
import { remaining } from './syntax.ts';

/**
 * The lines that Tab cycles through, given what stands before the cursor. Names come out in upper case, as in redis-cli;
 * past the name, the option words that the syntax allows at this place.
 */
export function completions(line: string, docs: CommandDocs): string[] {
  const help = /^\s*(help|\?)\s+/i.exec(line);
  if (help) return helpTopics(docs, line.slice(help[0].length)).map((topic) => help[0] + topic);
  const setting = /^\s*:\S*\s*\S*$/.test(line);
  if (setting) return SETTINGS.filter((name) => startsWith(name, line.trimStart()));
  if (!scanLine(line).balanced) return [];
  const count = /^\s*\d+\s+/.exec(line)?.[0] ?? '';
  const begun = line.slice(count.length);
  const names = commandNames(docs, begun).map((name) => count + name);
  return names.length > 0 ? names : optionWords(line, docs);
}

const SETTINGS = [':set hints', ':set nohints'];

function commandNames(docs: CommandDocs, begun: string): string[] {
  const typed = begun.trimStart().replace(/\s+/g, ' ');
  if (typed === '') return [];
  return allCommands(docs)
    .map(({ name }) => name)
    .filter((name) => startsWith(name, typed) && name !== typed);
}

function optionWords(line: string, docs: CommandDocs): string[] {
  const words = withoutCount(wordsOf(line));
  const spaced = /\s$/.test(line);
  const begun = spaced ? '' : (words.at(-1) ?? '');
  const found = findCommand(docs, words);
  const complete = spaced ? words : words.slice(0, -1);
  if (!found || complete.length < found.words) return [];
  const rest = remaining(found.doc.arguments, complete.slice(found.words)) ?? [];
  const required = rest.findIndex(({ optional }) => !optional);
  const tokens = rest.slice(0, required < 0 ? undefined : required + 1).flatMap((piece) => piece.tokens);
  const before = spaced ? line : line.slice(0, scanLine(line).words.at(-1)?.start);
  return [...new Set(tokens)]
    .filter((token) => startsWith(token, begun) && token !== begun)
    .map((token) => before + token);
}

function helpTopics(docs: CommandDocs, begun: string): string[] {
  const topics = [...groupsOf(docs).map((group) => `@${group}`), ...allCommands(docs).map(({ name }) => name)];
  return topics.filter((topic) => startsWith(topic, begun.replace(/\s+/g, ' ')));
}

function startsWith(whole: string, begun: string): boolean {
  return whole.toLowerCase().startsWith(begun.toLowerCase());
}
