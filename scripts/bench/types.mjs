// The indexes of sorted sets beside a skip list of plain objects, and what an element of each type takes in memory here and
// in a real server.
import { once } from 'node:events';
import { connect } from 'node:net';

import { bundle } from '../bundle.mjs';
import { median, printTable } from './figures.mjs';
import { run } from './in-process.mjs';
import { contenders } from './servers.mjs';

const NAMES = { objects: 'plain objects', skiplist: 'skip list, arena', avl: 'AVL tree, arena' };
const FACTS = ['inserts', 'byRank', 'byScore', 'walked'];

async function benchIndexes(rounds) {
  const program = await bundle('engine/structures/sorted-index.bench.ts', { name: 'sorted-index' });
  const found = { objects: [], skiplist: [], avl: [] };
  for (let round = 0; round < rounds; round++) for (const name in found) found[name].push(run(program, name));
  const of = (name, fact) => median(found[name].map((facts) => facts[fact]));
  printTable(
    ['a million elements', 'insert M/s', 'score by rank', 'rank by score', 'range of 100', 'bytes each'],
    Object.keys(found).map((name) => [
      NAMES[name],
      ...FACTS.map((fact) => of(name, fact).toFixed(2)),
      of(name, 'bytes').toFixed(0),
    ]),
  );
  for (const name of ['skiplist', 'avl']) {
    const ratios = FACTS.map((fact) => (of(name, fact) / of('objects', fact)).toFixed(1));
    console.log(
      `${NAMES[name]} beside plain objects: insert ${ratios[0]}, score by rank ${ratios[1]}, ` +
        `rank by score ${ratios[2]}, range ${ratios[3]}`,
    );
  }
}

/** Each type's command for the elements of a key from one number on, and its arguments for one of them. */
const TYPES = {
  list: ['RPUSH', (i) => [`element:${number(i)}`]],
  set: ['SADD', (i) => [`element:${number(i)}`]],
  hash: ['HSET', (i) => [`field:${number(i)}`, `value:${i % 100}`]],
  'sorted set': ['ZADD', (i) => [String((i * 7919) % 100_000), `element:${number(i)}`]],
};
/** Many small ones stay packed; of one large one the elements count. */
const SMALL = { keys: 20_000, elements: 10 };
const LARGE = { keys: 1, elements: 200_000 };
const A_COMMAND = 1000;

function number(i) {
  return String(i).padStart(12, '0');
}

function resp(words) {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

function* commandsFor(type, { keys, elements }) {
  const [name, argumentsOf] = TYPES[type];
  for (let key = 0; key < keys; key++) {
    for (let from = 0; from < elements; from += A_COMMAND) {
      const count = Math.min(A_COMMAND, elements - from);
      const words = Array.from({ length: count }, (_, i) => argumentsOf(key * elements + from + i)).flat();
      yield [name, `key:${number(key)}`, ...words];
    }
  }
}

function* stringCommands() {
  for (let key = 0; key < LARGE.elements; key++) yield ['SET', `key:${number(key)}`, `value:${number(key)}`];
}

/** Sends commands that are answered in one line each, and waits for all the lines. */
async function fill(port, commands) {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  let awaited = 0;
  let part = [];
  const flush = async () => {
    awaited += part.length;
    socket.write(part.join(''));
    part = [];
    while (awaited > 0) {
      const [bytes] = await once(socket, 'data');
      for (const byte of bytes) if (byte === 10) awaited--;
      if (bytes[0] === 45) throw new Error(bytes.toString('latin1'));
    }
  };
  for (const words of commands) {
    part.push(resp(words));
    if (part.length * words.length > 4000) await flush();
  }
  await flush();
  socket.destroy();
}

async function usedMemory(port) {
  const socket = connect(port, '127.0.0.1');
  socket.write('INFO memory\r\n');
  let text = '';
  while (!/used_memory:\d+\r\n[^]*\r\n$/.test(text)) text += String((await once(socket, 'data'))[0]);
  socket.destroy();
  return Number(/used_memory:(\d+)/.exec(text)[1]);
}

/** Bytes that one element of a type takes, in a server of its own. */
async function bytesEach(make, commands, count) {
  const server = await make([]);
  try {
    const before = await usedMemory(server.port);
    await fill(server.port, commands);
    return ((await usedMemory(server.port)) - before) / count;
  } finally {
    await server.stop();
  }
}

async function benchBytes() {
  const make = await contenders();
  const rows = [];
  const compare = async (label, commandsOf, count) => {
    const [ours, theirs] = [
      await bytesEach(make.vitrine, commandsOf(), count),
      await bytesEach(make.redis, commandsOf(), count),
    ];
    rows.push([label, ours.toFixed(0), theirs.toFixed(0), (ours / theirs).toFixed(2)]);
  };
  await compare('string, a key', stringCommands, LARGE.elements);
  for (const type in TYPES) {
    for (const [label, size] of [
      [`${type}, small, a key of ${SMALL.elements}`, SMALL],
      [`${type}, large, an element`, LARGE],
    ]) {
      await compare(label, () => commandsFor(type, size), size === SMALL ? SMALL.keys : LARGE.elements);
    }
  }
  console.log();
  printTable(['bytes of used_memory', 'vitrine', 'redis', 'ratio'], rows);
}

export async function benchTypes({ rounds }) {
  await benchIndexes(rounds);
  await benchBytes();
}
