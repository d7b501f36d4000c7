import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildLesson } from '../../scripts/lesson-build.ts';
import { rehearse } from '../../scripts/lesson-rehearsal.ts';

const root = new URL('../../', import.meta.url);
const files = readdirSync(new URL('lessons/', root), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `lessons/${name}`)
  .sort();
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

describe('every lesson', () => {
  it('is found', () => {
    expect(files.length).toBeGreaterThanOrEqual(4);
  });

  it.each(files)('%s: each block does in the engine what the lesson says', async (path) => {
    const lesson = await buildLesson(path, read(path));
    const { predictions, checks } = rehearse(lesson);
    expect(predictions.length).toBeGreaterThan(0);
    expect(checks).toBeGreaterThan(0);
  });

  it.each(files)('%s: one prediction at least is answered by clicking the diagram', async (path) => {
    const lesson = await buildLesson(path, read(path));
    const asks = lesson.pages.flatMap(({ parts }) => parts.flatMap((part) => (part.kind === 'predict' ? [part.ask] : [])));
    expect(asks.some((ask) => ask.endsWith('bucket'))).toBe(true);
  });

  it.each(files)('%s: closes with three lines learned, and links only to lessons that exist', async (path) => {
    const lesson = await buildLesson(path, read(path));
    const learned = lesson.pages.find(({ title }) => title === 'What you’ve learned')?.parts[0];
    expect(learned?.kind === 'prose' && learned.prose[0]?.kind === 'list' && learned.prose[0].items.length).toBe(3);
    const slugs = files.map((file) => file.replace(/^lessons\/\d\d-|\.md$/g, '').replace(/\/\d\d-/, '/'));
    const targets = [...read(path).matchAll(/\]\(#\/lessons\/([^)]+)\)/g)].map(([, slug]) => slug);
    for (const target of targets) expect(slugs).toContain(target);
  });
});

const whole = read('lessons/02-hashing/13-overwritten.md');
const PATH = 'lessons/02-hashing/13-overwritten.md';

/** The lesson with one thing changed, and the line where that stands. */
async function broken(from: string, to: string): Promise<string> {
  expect(whole.split(from).length, `“${from}” stands in the lesson once`).toBe(2);
  try {
    rehearse(await buildLesson(PATH, whole.replace(from, to)));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'nothing was noticed';
}

function lineOf(text: string): number {
  return whole.slice(0, whole.indexOf(text)).split('\n').length;
}

describe('a lesson with a mistake is refused with file and line:', () => {
  it('a reply that the engine does not give', async () => {
    const line = lineOf('> EXISTS bar');
    expect(await broken('> EXISTS bar\n(integer) 1', '> EXISTS bar\n(integer) 0')).toBe(
      `${PATH}:${line}: “EXISTS bar” is answered with (integer) 1, not with (integer) 0`,
    );
  });

  it('a command that is an error', async () => {
    const line = lineOf('> SET foo 7');
    expect(await broken('> SET foo 7', '> SEET foo 7')).toBe(
      `${PATH}:${line}: “SEET foo 7” is answered with (error) ERR this exhibit does not know 'SEET'`,
    );
  });

  it('a check that passes before', async () => {
    expect(await broken('keys 2\nkey baz', 'keys 1\nkey baz')).toBe(
      `${PATH}:${lineOf('keys 2\nkey baz')}: the check passes before anything was done`,
    );
  });

  it('a check that fails after', async () => {
    expect(await broken('key baz is "2"', 'key baz is "3"')).toBe(
      `${PATH}:${lineOf('keys 2\nkey baz')}: the check fails after everything was done: baz stands for “3”.`,
    );
  });

  it('choices of which none is the engine’s answer', async () => {
    expect(await broken('choice "2": whatever', 'choice "5": whatever')).toBe(
      `${PATH}:${lineOf('question: What does `GET bar`')}: the engine’s answer is "2", and 0 of the choices are that`,
    );
  });

  it('a misconception that is no misconception', async () => {
    expect(await broken('choice bucket 3: bucket 2 is taken', 'choice bucket 2: bucket 2 is taken')).toBe(
      `${PATH}:${lineOf('question: `SET baz 2` has')}: a choice that should be wrong is right: bucket 2`,
    );
  });

  it('a film that does not halt where it should', async () => {
    expect(await broken('pause: hash', 'pause: promote')).toBe(
      `${PATH}:${lineOf('question: `SET baz 2` has')}: the film has no step “promote” to halt before`,
    );
  });
});
