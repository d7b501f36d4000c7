// Records engine/conformance/command-facts.json from a real redis-server: what COMMAND INFO and COMMAND DOCS say of
// every command, one command a line, and engine/conformance/info-fields.json, the fields of each section of INFO. Facts only: summaries, notes and whatever else is somebody's sentence stay out.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { barrier, openWire, requireRedis, startRedis } from './conformance-server.mjs';
import { root } from './ensure-install.mjs';

const file = join(root, 'engine/conformance/command-facts.json');
const infoFile = join(root, 'engine/conformance/info-fields.json');

/** Reads one RESP3 reply into plain values; returns it with the position after it. */
function read(bytes, from) {
  const lineEnd = bytes.indexOf('\r\n', from);
  const mark = bytes[from];
  const text = bytes.slice(from + 1, lineEnd);
  let at = lineEnd + 2;
  if (mark === '+') return [text, at];
  if (mark === ':') return [Number(text), at];
  if (mark === '_') return [null, at];
  if (mark === '$' || mark === '=') return [bytes.slice(at, at + Number(text)), at + Number(text) + 2];
  if (!'*~%'.includes(mark)) throw new Error(`COMMAND answered with ${mark}${text}`);
  const items = [];
  for (let left = Number(text) * (mark === '%' ? 2 : 1); left > 0; left--) {
    const [item, end] = read(bytes, at);
    items.push(item);
    at = end;
  }
  if (mark !== '%') return [items, at];
  return [Object.fromEntries(Array.from({ length: items.length / 2 }, (_, i) => [items[2 * i], items[2 * i + 1]])), at];
}

async function ask(wire, control, ...words) {
  wire.received = '';
  wire.send(`*${words.length}\r\n` + words.map((word) => `$${word.length}\r\n${word}\r\n`).join(''));
  let before = -1;
  while (wire.received.length !== before) {
    before = wire.received.length;
    await barrier(control, 20);
  }
  return read(wire.received, 0)[0];
}

/** Without what is empty, so that a line holds only what there is to say. */
function compact(entries) {
  const full = Object.entries(entries).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(full);
}

function keySpec(spec) {
  return { flags: spec.flags, begin_search: spec.begin_search, find_keys: spec.find_keys };
}

function argument(docs) {
  const { name, type, key_spec_index, token, since, deprecated_since, flags, arguments: inner } = docs;
  return compact({
    name,
    type,
    key_spec_index,
    token,
    since,
    deprecated_since,
    flags,
    arguments: inner?.map(argument),
  });
}

function facts([, arity, flags, firstKey, lastKey, step, categories, tips, keySpecs, subcommands], docs) {
  const inner = subcommands.map((info) => [info[0], facts(info, docs.subcommands?.[info[0]] ?? {})]);
  return compact({
    arity,
    flags,
    first_key: firstKey,
    last_key: lastKey,
    step,
    acl_categories: categories,
    tips,
    key_specs: keySpecs.map(keySpec),
    since: docs.since,
    group: docs.group,
    complexity: docs.complexity?.match(/^O\((?:[^()]|\([^()]*\))*\)/)?.[0],
    doc_flags: docs.doc_flags,
    deprecated_since: docs.deprecated_since,
    replaced_by: docs.replaced_by?.match(/`[^`]+`/g)?.map((name) => name.slice(1, -1)),
    history: docs.history?.map(([version]) => version),
    arguments: docs.arguments?.map(argument),
    subcommands: inner.length > 0 ? Object.fromEntries(inner.sort(([a], [b]) => (a < b ? -1 : 1))) : undefined,
  });
}

/** The names in each section; not of those whose names are data. */
function fieldsOf(info) {
  const sections = info
    .replace(/^txt:/, '')
    .split(/(?:^|\r\n)# /)
    .slice(1);
  const named = sections.map((text) => text.split('\r\n')).filter(([name]) => !/stats$/.test(name) || name === 'Stats');
  return Object.fromEntries(
    named.map(([name, ...lines]) => [
      name,
      lines.filter((line) => line.includes(':')).map((line) => line.split(':')[0]),
    ]),
  );
}

const version = requireRedis();
const redis = await startRedis();
try {
  const control = await openWire(redis.port);
  const wire = await openWire(redis.port);
  await ask(wire, control, 'HELLO', '3');
  const infos = await ask(wire, control, 'COMMAND');
  const docs = await ask(wire, control, 'COMMAND', 'DOCS');
  infos.sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = infos.map((info) => `${JSON.stringify(info[0])}: ${JSON.stringify(facts(info, docs[info[0]]))}`);
  await writeFile(file, `{\n${lines.join(',\n')}\n}\n`);
  console.log(`the facts of ${infos.length} commands recorded from redis-server ${version}`);
  const info = await ask(wire, control, 'INFO', 'everything');
  await writeFile(infoFile, `${JSON.stringify(fieldsOf(info), null, 2)}\n`);
  wire.close();
  control.close();
} finally {
  await redis.stop();
}
