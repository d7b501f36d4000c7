import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { ReplyDecoder } from '../client/decode.ts';
import type { Reply } from '../client/reply.ts';
import { SPECS } from './all.ts';
import { TestEngine } from './engine.test-kit.ts';

type Facts = Record<string, unknown>;

/**
 * Where the engine says something else than the real server, and why. Each must really differ, so that the list stays
 * true: a fact that came to agree must leave it.
 */
const ON_PURPOSE: Readonly<Record<string, { readonly fields: readonly string[]; readonly why: string }>> = {
  'command|getkeys': { fields: ['arguments'], why: 'the real one leaves them out, and its hints are empty' },
  'command|getkeysandflags': { fields: ['arguments'], why: 'the same' },
  debug: { fields: ['arguments'], why: 'the same' },
};

/** What the real server of that version does not have. */
const NOT_THERE = new Map([['client|setinfo', 'it came with 7.2, and clients of today send it at once']]);

const recorded = JSON.parse(
  readFileSync(fileURLToPath(new URL('../conformance/command-facts.json', import.meta.url)), 'utf8'),
) as Record<string, Facts>;

const ours = factsOfEngine();

for (const { name } of SPECS) {
  test(`what is derived for ${name} equals what a real server says`, () => {
    compare(name, ours[name], recorded[name]);
  });
}

function compare(name: string, actual: Facts, expected: Facts | undefined): void {
  const [own, subcommands] = split(actual);
  if (NOT_THERE.has(name)) {
    expect(expected, name).toBeUndefined();
    return;
  }
  const [expectedOwn, expectedSubcommands] = split(expected ?? {});
  const fields = ON_PURPOSE[name]?.fields ?? [];
  for (const field of fields) expect(own[field], `${name}: ${field}`).not.toEqual(expectedOwn[field]);
  expect(without(own, fields), name).toEqual(without(expectedOwn, fields));
  for (const [subcommand, facts] of Object.entries(subcommands))
    compare(subcommand, facts, expectedSubcommands[subcommand]);
}

function split(facts: Facts): [own: Facts, subcommands: Record<string, Facts>] {
  return [without(facts, ['subcommands']), (facts['subcommands'] ?? {}) as Record<string, Facts>];
}

function without(facts: Facts, fields: readonly string[]): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([field]) => !fields.includes(field)));
}

/** What the engine says over the wire, brought into the form of the recorded facts. */
function factsOfEngine(): Record<string, Facts> {
  const client = new TestEngine().connect();
  client.say('HELLO 3');
  const infos = plain(client.say('COMMAND')) as Info[];
  const docs = plain(client.say('COMMAND DOCS')) as Record<string, Docs>;
  return Object.fromEntries(infos.map((info) => [info[0], facts(info, docs[info[0]])]));
}

type Info = [string, number, string[], number, number, number, string[], string[], KeySpecFacts[], Info[]];
interface KeySpecFacts {
  flags: string[];
  begin_search: unknown;
  find_keys: unknown;
}
interface Docs {
  [field: string]: unknown;
  complexity?: string;
  replaced_by?: string;
  history?: [string, string][];
  arguments?: Docs[];
  subcommands?: Record<string, Docs>;
}

function facts([, arity, flags, first, last, step, categories, tips, keySpecs, subcommands]: Info, docs: Docs): Facts {
  return compact({
    ...{ arity, flags, first_key: first, last_key: last, step, acl_categories: categories, tips },
    // Notes are somebody's sentences, no facts.
    key_specs: keySpecs.map(({ flags: keyFlags, begin_search, find_keys }) => ({
      flags: keyFlags,
      begin_search,
      find_keys,
    })),
    ...{ since: docs.since, group: docs.group, doc_flags: docs.doc_flags, deprecated_since: docs.deprecated_since },
    complexity: /^O\((?:[^()]|\([^()]*\))*\)/.exec(docs.complexity ?? '')?.[0],
    replaced_by: docs.replaced_by?.match(/`[^`]+`/g)?.map((name) => name.slice(1, -1)),
    history: docs.history?.map(([version]) => version),
    arguments: docs.arguments?.map(argument),
    subcommands: compact(
      Object.fromEntries(subcommands.map((info) => [info[0], facts(info, docs.subcommands?.[info[0]] ?? {})])),
    ),
  });
}

function argument(docs: Docs): Facts {
  return compact({ ...docs, arguments: docs.arguments?.map(argument) });
}

function compact(entries: Facts): Facts {
  const isEmpty = (value: unknown): boolean =>
    value === undefined || (Array.isArray(value) && value.length === 0) || JSON.stringify(value) === '{}';
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => !isEmpty(value)));
}

function plain(text: string): unknown {
  let value: unknown;
  const decoder = new ReplyDecoder((reply) => {
    value = plainReply(reply);
  });
  decoder.feed(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  return value;
}

function plainReply(reply: Reply): unknown {
  switch (reply.type) {
    case 'status':
      return reply.text;
    case 'integer':
      return reply.value;
    case 'bulk':
      return String.fromCharCode(...reply.bytes);
    case 'array':
    case 'set':
      return reply.items.map(plainReply);
    case 'map':
      return Object.fromEntries(reply.pairs.map(([key, value]) => [plainReply(key), plainReply(value)]));
    default:
      throw new Error(`an unexpected reply: ${reply.type}`);
  }
}
