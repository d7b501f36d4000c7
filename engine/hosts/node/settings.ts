/**
 * The settings of a server: from a redis.conf, from the command line, or both. Flags are turned into lines of a
 * redis.conf, so that one reader serves both and a value is quoted the same way everywhere.
 */
import { dirname, resolve } from 'node:path';

import { Config, PARAMETERS } from '../../api.ts';
import { utf8Decode, utf8Encode } from '../../memory/bytes.ts';
import { splitInline } from '../../resp/inline.ts';
import { foreignSetting } from './foreign-settings.ts';

export interface Settings {
  /** By their names in redis.conf, as the engine takes them. */
  readonly values: Readonly<Record<string, string>>;
  readonly configFile: string;
  /** What is worth a word at the start, and no reason not to start. */
  readonly notes: readonly string[];
}

export interface SettingsSource {
  /** Reads a configuration file, or the standard input for `-`. Throws when it cannot. */
  read(path: string): string;
  readonly cwd: string;
}

/** What is wrong, where, and in which words it was written. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(where: string, line: string, what: string) {
    super(line === '' ? `${where}: ${what}` : `${where}:\n>>> ${line}\n${what}`);
  }
}

interface Line {
  readonly text: string;
  readonly where: string;
}

/** How deep files may include each other: one that includes itself is told so instead of being read for ever. */
const DEEPEST_INCLUDE = 16;

export function settingsFrom(argv: readonly string[], source: SettingsSource): Settings {
  const takesFile = argv.length > 0 && (argv[0] === '-' || !argv[0].startsWith('--'));
  const configFile = takesFile && argv[0] !== '-' ? resolve(source.cwd, argv[0]) : '';
  const fileLines = takesFile ? linesOf(argv[0] === '-' ? '-' : configFile, source, 0) : [];
  const flagLines = linesOfFlags(argv.slice(takesFile ? 1 : 0));
  return { ...collect([...fileLines, ...flagLines], source.cwd), configFile };
}

function linesOf(path: string, source: SettingsSource, depth: number): Line[] {
  const name = path === '-' ? 'the standard input' : path;
  if (depth > DEEPEST_INCLUDE) throw new SettingsError(name, '', 'the files include each other without end');
  let text: string;
  try {
    text = source.read(path);
  } catch (error) {
    throw new SettingsError(name, '', `cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
  return text.split('\n').flatMap((raw, index) => {
    const line: Line = { text: raw.trim(), where: `${name}, line ${index + 1}` };
    if (line.text === '' || line.text.startsWith('#')) return [];
    const words = wordsOf(line);
    if (words[0].toLowerCase() !== 'include') return [line];
    if (words.length !== 2) throw new SettingsError(line.where, line.text, 'include wants one path');
    return linesOf(resolve(path === '-' ? source.cwd : dirname(path), words[1]), source, depth + 1);
  });
}

/** `--save 900 1 --port 0` becomes two lines; every value is quoted, so that it stays what the shell made of it. */
function linesOfFlags(argv: readonly string[]): Line[] {
  const lines: { name: string; values: string[] }[] = [];
  for (const word of argv) {
    const last = lines.at(-1);
    if (word.startsWith('--') && word.length > 2) lines.push({ name: word.slice(2), values: [] });
    else if (last) last.values.push(word);
    else throw new SettingsError('The command line', word, 'this is neither a --flag nor the value of one');
  }
  return lines.map(({ name, values }) => ({
    text: [name, ...values.map(quoted)].join(' '),
    where: 'The command line',
  }));
}

/** A value as one word of a redis.conf. */
export function quoted(value: string): string {
  const bytes = Array.from(utf8Encode(value), (byte) => {
    const isPlain = byte > 32 && byte < 127 && byte !== 34 && byte !== 92;
    return isPlain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return /^[\w./:*@%+,=-]+$/.test(value) ? value : `"${bytes.join('')}"`;
}

function wordsOf(line: Line): string[] {
  const bytes = utf8Encode(line.text);
  const words = splitInline(bytes, 0, bytes.length);
  if (words === null) throw new SettingsError(line.where, shown(line), 'a quote is not closed');
  return words.map((word) => utf8Decode(word, 0, word.length));
}

/** Settings whose value is the rest of the line, word by word. */
export const LISTS = new Set(['bind', 'save', 'client-output-buffer-limit']);
const NAMES = new Set(PARAMETERS.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias])));

function collect(lines: readonly Line[], cwd: string): Omit<Settings, 'configFile'> {
  const config = new Config();
  const values: Record<string, string> = {};
  const leftAside = new Set<string>();
  for (const line of lines) {
    const [first, ...rest] = wordsOf(line);
    const name = first.toLowerCase();
    if (!NAMES.has(name)) {
      leaveAside(line, name, rest, leftAside);
      continue;
    }
    if (rest.length === 0 || (rest.length > 1 && !LISTS.has(name))) {
      throw new SettingsError(line.where, shown(line), `${name} wants ${LISTS.has(name) ? 'a value' : 'one value'}`);
    }
    let value = rest.join(' ');
    // Each line of save points adds to the ones before it, until an empty one takes them all back.
    if (name === 'save' && value !== '' && values.save) value = `${values.save} ${value}`;
    // Each line is about some of the classes; those of the others stay.
    if (name === 'client-output-buffer-limit' && values[name]) value = `${values[name]} ${value}`;
    if (name === 'dir') value = resolve(cwd, value);
    const error = config.check(name, value);
    if (error !== null) throw new SettingsError(line.where, shown(line), `${name}: ${error}`);
    values[name] = value;
  }
  values.dir ??= resolve(cwd);
  const notes: string[] = [];
  if (leftAside.size > 0) notes.push(`Settings of Redis that have no meaning here: ${[...leftAside].join(', ')}.`);
  if (values.save) notes.push('save: snapshots are not made; --appendonly yes keeps the data in a log.');
  return { values, notes };
}

function leaveAside(line: Line, name: string, rest: readonly string[], leftAside: Set<string>): void {
  const foreign = foreignSetting(name, rest.join(' '));
  if (foreign === null) {
    throw new SettingsError(line.where, line.text, `there is no setting "${name}"${suggestion(name)}`);
  }
  if (foreign.refused !== null) {
    const what = `${name}: Vitrine does not have ${foreign.refused}. Take the line out to start without.`;
    throw new SettingsError(line.where, shown(line), what);
  }
  leftAside.add(name);
}

/** A password is nothing for a log or a screen. */
function shown(line: Line): string {
  const [name] = line.text.split(/\s/, 1);
  return /pass|auth/i.test(name) ? `${name} …` : line.text;
}

function suggestion(name: string): string {
  const near = [...NAMES].map((known) => ({ known, distance: distance(name, known) }));
  const best = near.reduce((a, b) => (b.distance < a.distance ? b : a));
  return best.distance <= 2 ? `; did you mean "${best.known}"?` : '';
}

/** How many letters must be put in, taken out or exchanged to make one word of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const exchanged = row[j] + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(exchanged, row[j + 1] + 1, next[j] + 1));
    }
    row = next;
  }
  return row[b.length];
}
