import { findCommand } from './docs.ts';
import type { CommandDocs } from './docs.ts';
import { scanLine, wordsOf } from './quoting.ts';
import { remaining } from './syntax.ts';

/**
 * What is shown in grey after a line that is being typed: the rest of the command's syntax. Empty where there is
 * nothing to say, and where the line does not fit the syntax: a hint that vanishes is the first sign of a mistake.
 */
export function hintFor(line: string, docs: CommandDocs): string {
  if (!scanLine(line).balanced) return '';
  const words = withoutCount(wordsOf(line));
  const spaced = /\s$/.test(line);
  const found = findCommand(docs, words);
  if (!found) return '';
  const typed = words.slice(found.words);
  const hint =
    found.doc.subcommands.size > 0
      ? subcommandHint(found.doc.subcommands, typed)
      : restOfSyntax(found.doc.arguments, typed, spaced);
  if (hint === '') return '';
  return spaced ? hint : ` ${hint}`;
}

/** `3 incr q` runs INCR three times: the count is no part of the command. */
export function withoutCount(words: readonly string[]): readonly string[] {
  return words.length > 1 && /^\d+$/.test(words[0] ?? '') ? words.slice(1) : words;
}

function restOfSyntax(args: Parameters<typeof remaining>[0], typed: readonly string[], spaced: boolean): string {
  // A word that is still being typed may yet become the option that it does not equal so far.
  const rest = remaining(args, typed) ?? (!spaced && typed.length > 0 ? whileTyping(args, typed) : null);
  return (rest ?? []).map(({ text }) => text).join(' ');
}

function whileTyping(args: Parameters<typeof remaining>[0], typed: readonly string[]): ReturnType<typeof remaining> {
  const rest = remaining(args, typed.slice(0, -1));
  const begun = (typed.at(-1) ?? '').toUpperCase();
  return rest?.some(({ tokens }) => tokens.some((token) => token.toUpperCase().startsWith(begun))) ? rest : null;
}

function subcommandHint(subcommands: CommandDocs, typed: readonly string[]): string {
  if (typed.length > 1) return '';
  const begun = (typed[0] ?? '').toLowerCase();
  return [...subcommands.keys()]
    .filter((name) => name.startsWith(begun))
    .map((name) => name.toUpperCase())
    .join('|');
}
