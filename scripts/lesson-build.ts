// Turns a lesson's source into what the page is given. Runs when the site is built and in tests: marked and shiki stay here,
// and what leaves is plain data, a tree of prose and not markup.
import { Marked, type Token, type Tokens } from 'marked';
import { createHighlighterCore, type HighlighterCore } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import c from 'shiki/langs/c.mjs';
import js from 'shiki/langs/javascript.mjs';

import { EXHIBIT_NAMES, exhibitTitle } from '../engine/museum/exhibits.ts';
import { hashFunction } from '../engine/structures/hash-functions.ts';
import { LessonError, type CodeToken, type Inline, type Lesson, type Part, type Prose } from '../web/lessons/lesson.ts';
import { parseLesson, type PartSource } from '../web/lessons/parse.ts';

const marked = new Marked({ gfm: true });

// The theme paints roles, not colours: each stands for one class of the page's own style sheet.
const ROLES: Readonly<Record<string, string>> = {
  '#000001': 'comment',
  '#000002': 'string',
  '#000003': 'number',
  '#000004': 'keyword',
};
const theme = {
  name: 'roles',
  type: 'light' as const,
  fg: '#000000',
  bg: '#ffffff',
  settings: [
    { scope: ['comment', 'punctuation.definition.comment'], settings: { foreground: '#000001' } },
    { scope: ['string', 'punctuation.definition.string'], settings: { foreground: '#000002' } },
    { scope: ['constant.numeric'], settings: { foreground: '#000003' } },
    { scope: ['keyword.control', 'storage'], settings: { foreground: '#000004' } },
  ],
};

let highlighter: Promise<HighlighterCore> | undefined;

async function colour(text: string, language: string): Promise<CodeToken[][]> {
  if (language === 'text') return text.split('\n').map((line) => [{ text: line, role: '' }]);
  highlighter ??= createHighlighterCore({ themes: [theme], langs: [c, js], engine: createJavaScriptRegexEngine() });
  // Without a limit of time: a build must not depend on how busy the machine is.
  const options = { lang: language, theme: 'roles', tokenizeTimeLimit: 0 };
  const { tokens } = (await highlighter).codeToTokens(text, options);
  return tokens.map((line) => line.map(({ content, color }) => ({ text: content, role: ROLES[color ?? ''] ?? '' })));
}

/** The lesson as the page is given it. Throws a `LessonError` that names file and line. */
export async function buildLesson(path: string, source: string): Promise<Lesson> {
  const lesson = parseLesson(path, source);
  if (lesson.exhibit !== null && !EXHIBIT_NAMES.includes(lesson.exhibit)) {
    throw new LessonError(path, 1, `there is no exhibit “${lesson.exhibit}”: ${EXHIBIT_NAMES.join(', ')}`);
  }
  const pages = await Promise.all(
    lesson.pages.map(async ({ title, parts }) => ({
      title,
      parts: await Promise.all(parts.map((part) => buildPart(path, part))),
    })),
  );
  return { ...lesson, badge: lesson.exhibit === null ? null : `Museum: ${exhibitTitle(lesson.exhibit)}`, pages };
}

async function buildPart(path: string, part: PartSource): Promise<Part> {
  switch (part.kind) {
    case 'prose':
      return { kind: 'prose', at: part.at, prose: toProse(part.markdown, path, part.at) };
    case 'code':
      return { kind: 'code', at: part.at, language: part.language, lines: await colour(part.text, part.language) };
    case 'bits':
      return {
        ...part,
        rows: part.rows.map((row) => ({
          ...row,
          hashes: [hashOf(row.hashName, row.keys[0]), hashOf(row.hashName, row.keys[1])],
        })),
      };
    case 'predict': {
      const inline = (text: string, at = part.at): Inline[] => toInline(text, path, at);
      return {
        ...part,
        question: inline(part.question),
        otherwise: inline(part.otherwise),
        right: inline(part.right),
        choices: part.choices.map(({ value, idea, feedback, at }) => ({
          value,
          idea: inline(idea, at),
          feedback: inline(feedback, at),
        })),
      };
    }
    default:
      return part;
  }
}

function hashOf(name: Parameters<typeof hashFunction>[0], key: string): number {
  const bytes = new TextEncoder().encode(key);
  return hashFunction(name)(bytes, 0, bytes.length);
}

/** Paragraphs and lists; whatever else Markdown knows is refused, HTML first of all. */
export function toProse(markdown: string, path: string, at: number): Prose[] {
  const prose: Prose[] = [];
  let line = at;
  for (const token of marked.lexer(markdown) as (Tokens.Generic & Token)[]) {
    if (token.type === 'paragraph') {
      prose.push({ kind: 'paragraph', content: inlines(token.tokens ?? [], path, line) });
    } else if (token.type === 'list') {
      const { ordered, items } = token as Tokens.List;
      prose.push({
        kind: 'list',
        isOrdered: ordered,
        items: items.map((item) => inlines(itemTokens(item), path, line)),
      });
    } else if (token.type !== 'space') {
      throw new LessonError(path, line, `prose holds paragraphs and lists, and here is ${token.type}`);
    }
    line += token.raw.split('\n').length - 1;
  }
  return prose;
}

export function itemTokens(item: Tokens.ListItem): Token[] {
  return item.tokens.flatMap((token) =>
    token.type === 'text' || token.type === 'paragraph' ? ((token as Tokens.Text).tokens ?? []) : [token],
  );
}

function toInline(markdown: string, path: string, at: number): Inline[] {
  return markdown === '' ? [] : inlines(marked.Lexer.lexInline(markdown), path, at);
}

export function inlines(tokens: readonly Token[], path: string, at: number): Inline[] {
  return tokens.map((token): Inline => {
    switch (token.type) {
      case 'text':
      case 'escape':
        return { kind: 'text', text: unescape(token.type === 'text' ? token.raw : (token as Tokens.Escape).text) };
      case 'codespan':
        return { kind: 'code', text: unescape((token as Tokens.Codespan).text) };
      case 'strong':
      case 'em':
        return {
          kind: token.type === 'em' ? 'emphasis' : 'strong',
          content: inlines((token as Tokens.Strong | Tokens.Em).tokens, path, at),
        };
      case 'link':
        return {
          kind: 'link',
          href: safeHref(token.href as string, path, at),
          content: inlines(token.tokens ?? [], path, at),
        };
      case 'br':
        return { kind: 'text', text: ' ' };
      default:
        throw new LessonError(path, at, `prose cannot hold ${token.type}: ${token.raw.trim().slice(0, 40)}`);
    }
  });
}

/** A link leads to another page of this site or, by https, to the world. */
function safeHref(href: string, path: string, at: number): string {
  if (/^#\/[a-z0-9/-]*$/.test(href)) return href;
  if (/^https:\/\/[a-z0-9.-]+(\/[^\s"'<>]*)?$/i.test(href)) return href;
  throw new LessonError(path, at, `a link leads to “#/…” or “https://…”, not to “${href.slice(0, 60)}”`);
}

/** marked hands out text with its five characters escaped for HTML; the page writes text nodes and wants them plain. */
function unescape(text: string): string {
  const plain: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => plain[name] ?? whole);
}
