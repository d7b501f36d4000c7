import type { Args } from '../args.ts';
import { CommandError, NOT_AN_INTEGER } from '../errors.ts';
import type { CommandSpec, Context } from './contract.ts';
import { integer, optional } from './grammar.ts';
import { REDIS_VERSION, VITRINE_VERSION } from './versions.ts';

/** How wide and how high the picture is, in characters, where nobody says, and at most. */
const COLUMNS = { usual: 60, most: 200 };
const ROWS = { usual: 14, most: 100 };

/** What there is to see behind the glass, in no order; a shelf is drawn beneath. */
const EXHIBITS: readonly (readonly string[])[] = [
  ['┌─┐', '│ │', '└─┘'],
  [' ╱╲ ', '╱  ╲', '╲  ╱', ' ╲╱ '],
  ['◜ ◝', '◟ ◞'],
  ['┏━━━┓', '┃ ◦ ┃', '┗━━━┛'],
  ['  ╷  ', ' ╭┴╮ ', '╭┴╮│ ', '╵ ╵╵ '],
  ['[ ]→', '[ ]→', '[ ]→'],
  ['▁▂▃▅▇'],
  ['○─○─○', '│   │', '○   ○'],
  ['╭───╮', '│≋≋≋│', '│≋≋≋│', '╰───╯'],
  ['∅'],
];

export const LOLWUT: CommandSpec = {
  name: 'lolwut',
  group: 'server',
  since: '5.0.0',
  summary: 'Draws a shop window by chance, and tells the version.',
  flags: ['readonly', 'fast'],
  arguments: [optional(integer('version', 'VERSION'))],
  usage: '[VERSION <version>] [<columns> [<rows>]]',
  examples: ['LOLWUT', 'LOLWUT VERSION 5 40 8'],
  handler(context, args) {
    const first = args.count > 2 && args.is(1, 'VERSION') ? 3 : 1;
    // Every version draws the same here: there has been only one.
    if (first === 3) args.int64(2);
    const columns = size(args, first, COLUMNS);
    const rows = size(args, first + 1, ROWS);
    const version = `Vitrine ver. ${VITRINE_VERSION}, which answers as Redis ver. ${REDIS_VERSION}`;
    context.reply.verbatim('txt', `${shopWindow(context, columns, rows).join('\n')}\n\n${version}\n`);
  },
};

/** A size at an argument, as near to it as can be drawn. */
function size(args: Args, index: number, { usual, most }: { usual: number; most: number }): number {
  if (index >= args.count) return usual;
  const value = args.integer(index, NOT_AN_INTEGER);
  if (Number.isNaN(value)) throw new CommandError(NOT_AN_INTEGER);
  return Math.min(Math.max(value, 1), most);
}

/** A frame of glass, in it shelves, and on each of them some exhibits side by side. */
function shopWindow({ server }: Context, columns: number, rows: number): string[] {
  const pick = (below: number): number => (server.chance() >>> 0) % below;
  const inside = Math.max(columns - 2, 0);
  const lines: string[] = [];
  while (lines.length < rows) lines.push(...shelf(inside, pick), '─'.repeat(inside));
  const glass = lines.slice(0, rows).map((line, at) => {
    // A reflection runs down the pane.
    const shine = (at * 2 + inside - rows) % Math.max(inside, 1);
    return `│${[...line].map((cell, x) => (cell === ' ' && x === shine ? '╱' : cell)).join('')}│`;
  });
  return [`╭${'─'.repeat(inside)}╮`, ...glass, `╰${'─'.repeat(inside)}╯`];
}

function shelf(inside: number, pick: (below: number) => number): string[] {
  const standing: (readonly string[])[] = [];
  let width = 0;
  for (;;) {
    const exhibit = EXHIBITS[pick(EXHIBITS.length)];
    const gap = 1 + pick(4);
    width += gap + exhibit[0].length;
    if (width > inside) break;
    standing.push([' '.repeat(gap)], exhibit);
  }
  const height = standing.reduce((most, { length }) => Math.max(most, length), 1);
  return Array.from({ length: height }, (_, row) => {
    const line = standing.map((exhibit) => {
      const own = row - height + exhibit.length;
      return own < 0 ? ' '.repeat(exhibit[0].length) : exhibit[own];
    });
    return line.join('').padEnd(inside);
  });
}
