import { allCommands, groupsOf } from './docs.ts';
import type { CommandDoc, CommandDocs } from './docs.ts';
import { inert } from './inert.ts';
import { span } from './spans.ts';
import type { Span } from './spans.ts';
import { renderArguments } from './syntax.ts';
import { textWidth } from './width.ts';

/** What `help …` and `? …` print, from what the server says about its commands; lines break between words. */
export function helpText(topic: readonly string[], docs: CommandDocs, columns = Infinity): Span[] {
  const [first] = topic;
  if (first === undefined) return generalHelp(docs, columns);
  if (first.startsWith('@')) return groupHelp(first.slice(1).toLowerCase(), docs, columns);
  const wanted = topic.join(' ').toUpperCase();
  const matching = allCommands(docs).filter(({ name }) => name === wanted || name.startsWith(`${wanted} `));
  if (matching.length === 0)
    return [
      span(`\nNothing is known about "${inert(topic.join(' '))}". Try help @generic, or help and Tab.\n\n`, 'muted'),
    ];
  return [span('\n'), ...matching.flatMap((doc) => [...entry(doc, true, columns), span('\n')])];
}

function generalHelp(docs: CommandDocs, columns: number): Span[] {
  const rows: [string, string][] = [
    ['help GET', 'what a command does and how it is written'],
    ['help @string', 'all commands of a group'],
    ['help, Tab', 'goes through the groups and the commands'],
    ['Tab', 'completes commands, subcommands and options'],
    ['↑ ↓, Ctrl-R', 'earlier lines, and a search in them'],
    ['3 INCR k', 'runs a command three times'],
    [':set nohints', 'no grey hints; :set hints brings them back'],
    ['Ctrl-C', 'drops the line, or stops waiting for a reply'],
    ['clear, Ctrl-L', 'empties the screen'],
    ['quit', 'ends the connection and opens a new one'],
    ['Esc, Tab', 'leaves the terminal'],
  ];
  const width = Math.max(...rows.map(([typed]) => typed.length));
  const groups = groupsOf(docs).map((group) => `@${inert(group)}`);
  return [
    span('\n'),
    ...rows.flatMap(([typed, meaning]) => [
      span(`  ${typed.padEnd(width)}`, 'title'),
      span(`  ${folded(meaning, width + 4, width + 4, columns)}\n`),
    ]),
    ...(groups.length > 0
      ? [span('\n  Groups: ', 'muted'), span(`${folded(groups.join(' '), 10, 10, columns)}\n`)]
      : []),
    span('\n'),
  ];
}

function groupHelp(group: string, docs: CommandDocs, columns: number): Span[] {
  const members = allCommands(docs).filter((doc) => doc.group.toLowerCase() === group);
  if (members.length === 0)
    return [
      span(`\nThere is no group "${inert(group)}". The groups: ${groupsOf(docs).map(inert).join(', ')}.\n\n`, 'muted'),
    ];
  return [span('\n'), ...members.flatMap((doc) => [...entry(doc, false, columns), span('\n')])];
}

function entry(doc: CommandDoc, whole: boolean, columns: number): Span[] {
  const name = inert(doc.name);
  const syntax = inert(renderArguments(doc.arguments));
  const facts: [string, string][] = [
    ['summary', doc.summary],
    ['since', doc.since],
    ...(whole
      ? ([
          ['group', doc.group],
          ['complexity', doc.complexity],
        ] satisfies [string, string][])
      : []),
  ];
  return [
    span(`  ${name}`, 'title'),
    span(`${syntax === '' ? '' : ' '}${folded(syntax, textWidth(name) + 3, 4, columns)}\n`),
    ...facts
      .filter(([, fact]) => fact !== '')
      .flatMap(([label, fact]) => [
        span(`  ${label}: `, 'muted'),
        span(`${folded(inert(fact), label.length + 4, 4, columns)}\n`),
      ]),
  ];
}

/** A text that starts in column `from` and goes on in column `hang`, broken where a row has no room for the next word. */
function folded(text: string, from: number, hang: number, columns: number): string {
  let column = from;
  let line = '';
  for (const word of text.split(' ')) {
    const width = textWidth(word);
    const isFirst = line === '';
    if (!isFirst && column + 1 + width > columns) {
      line += `\n${' '.repeat(hang)}${word}`;
      column = hang + width;
    } else {
      line += isFirst ? word : ` ${word}`;
      column += width + (isFirst ? 0 : 1);
    }
  }
  return line;
}
