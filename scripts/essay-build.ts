// Reads the essay at the top of a structure's source file into plain data. Runs when the site is built and in tests.
import { Marked, type Token, type Tokens } from 'marked';

import type { Essay, EssayBlock, Section } from '../web/gallery/essay.ts';
import { LessonError, type Inline } from '../web/lessons/lesson.ts';
import { inlines, itemTokens } from './lesson-build.ts';

const marked = new Marked({ gfm: true });

/** The Markdown of the first comment that begins with a heading, without its stars; `null` where there is none. */
function essayText(source: string): string | null {
  const comment = /\/\*\*\n((?: \*.*\n)+?) \*\//.exec(source)?.[1];
  const text = comment?.replace(/^ \* ?/gm, '');
  return text?.startsWith('# ') ? text : null;
}

/** The essay as the page is given it: a heading, then sections that each begin with their name in bold. */
export function buildEssay(path: string, source: string): Essay {
  const text = essayText(source);
  if (text === null) throw new LessonError(path, 1, 'the file does not open with an essay');
  const sections: { name: string; blocks: EssayBlock[] }[] = [];
  let title = '';
  for (const token of marked.lexer(text) as (Tokens.Generic & Token)[]) {
    if (token.type === 'space') continue;
    if (token.type === 'heading' && title === '') {
      title = (token as Tokens.Heading).text;
      continue;
    }
    const name = nameOf(token);
    if (name !== null) sections.push({ name, blocks: [] });
    const section = sections.at(-1);
    if (!section) throw new LessonError(path, 1, 'an essay begins with a section’s name in bold');
    section.blocks.push(...blocksOf(token, name !== null, path));
  }
  return { title, sections: sections satisfies Section[] };
}

/** `**Problem.** Values are …` names a section; elsewhere bold is only bold. */
function nameOf(token: Token): string | null {
  const first = token.type === 'paragraph' ? (token as Tokens.Paragraph).tokens[0] : undefined;
  const text = first?.type === 'strong' ? (first as Tokens.Strong).text : '';
  return text.endsWith('.') ? text.slice(0, -1) : null;
}

function blocksOf(token: Tokens.Generic & Token, isNamed: boolean, path: string): EssayBlock[] {
  switch (token.type) {
    case 'paragraph': {
      const content = inlines((token as Tokens.Paragraph).tokens.slice(isNamed ? 1 : 0), path, 1).map(trimmedStart);
      const isBlank = content.every((part) => part.kind === 'text' && part.text.trim() === '');
      return isBlank ? [] : [{ kind: 'paragraph', content }];
    }
    case 'list': {
      const { ordered, items } = token as Tokens.List;
      return [{ kind: 'list', isOrdered: ordered, items: items.map((item) => inlines(itemTokens(item), path, 1)) }];
    }
    case 'code':
      return [{ kind: 'sketch', text: (token as Tokens.Code).text }];
    case 'table': {
      const { header, rows } = token as Tokens.Table;
      const cells = (row: readonly Tokens.TableCell[]): Inline[][] => row.map((cell) => inlines(cell.tokens, path, 1));
      return [{ kind: 'table', head: cells(header), rows: rows.map(cells) }];
    }
    default:
      throw new LessonError(path, 1, `an essay cannot hold ${token.type}`);
  }
}

function trimmedStart(part: Inline, at: number): Inline {
  return at === 0 && part.kind === 'text' ? { ...part, text: part.text.trimStart() } : part;
}
