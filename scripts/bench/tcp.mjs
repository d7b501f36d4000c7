// redis-benchmark against both servers in turns: one command at a time, and pipelines of 16 and 100.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { geometricMean, median, printTable } from './figures.mjs';
import { contenders } from './servers.mjs';

const CLIENTS = 50;
/** So many requests take about a second. */
const REQUESTS = { 1: 100_000, 16: 1_000_000, 100: 2_000_000 };
const PIPELINES = [1, 16, 100];
const FIRST = ['set', 'get', 'incr', 'mset'];
const ALL = ['set', 'get', 'incr', 'lpush', 'rpop', 'sadd', 'hset', 'zadd', 'mset', 'lrange_100'];

async function output(program, parameters) {
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  await once(child, 'close');
  return text;
}

async function measure(port, command, pipeline, keys) {
  const scale = command === 'mset' || command === 'lrange_100' ? 0.3 : 1;
  const requests = Math.round(REQUESTS[pipeline] * (pipeline === 1 ? 1 : scale));
  const text = await output('redis-benchmark', [
    ...['-p', port, '-c', CLIENTS, '-n', requests, '-P', pipeline, '-r', keys, '-t', command, '--csv'].map(String),
  ]);
  const lines = text.trim().split('\n').slice(1);
  const last = lines.at(-1)?.replaceAll('"', '').split(',') ?? [];
  return { perSecond: Number(last[1]), p99Ms: Number(last[6]) };
}

async function supported(port, commands) {
  const known = [];
  for (const command of commands) {
    const name = command.split('_')[0];
    const reply = await output('redis-cli', ['-p', String(port), 'COMMAND', 'INFO', name]);
    if (reply.trim() !== '') known.push(command);
  }
  return known;
}

/** Of each pipeline's ratios, and of all. */
function means(ratios) {
  const each = PIPELINES.map((pipeline) => `P=${pipeline} ${geometricMean(ratios[pipeline]).toFixed(2)}`);
  return `${each.join('   ')}   all ${geometricMean(Object.values(ratios).flat()).toFixed(2)}`;
}

async function compare(title, flags, { rounds, isAll, keys }) {
  const make = await contenders();
  const servers = { vitrine: await make.vitrine(flags), redis: await make.redis(flags), ceiling: await make.ceiling() };
  try {
    const commands = await supported(servers.vitrine.port, isAll ? ALL : FIRST);
    const rows = [];
    const ratios = { 1: [], 16: [], 100: [] };
    const ceilings = { 1: [], 16: [], 100: [] };
    // For nothing: the code is compiled, and nineteen keys of twenty are there.
    const fillings = Math.ceil((3 * keys) / REQUESTS[16]);
    for (const command of commands)
      for (const { port } of Object.values(servers))
        for (let filling = 0; filling < fillings; filling++) await measure(port, command, 16, keys);
    for (const pipeline of PIPELINES) {
      for (const command of commands) {
        const found = { vitrine: [], redis: [], ceiling: [] };
        const names = Object.keys(found);
        for (let round = 0; round < rounds; round++) {
          for (const name of round % 2 === 0 ? names : names.toReversed())
            found[name].push(await measure(servers[name].port, command, pipeline, keys));
        }
        const ours = median(found.vitrine.map(({ perSecond }) => perSecond));
        const theirs = median(found.redis.map(({ perSecond }) => perSecond));
        const most = median(found.ceiling.map(({ perSecond }) => perSecond));
        ratios[pipeline].push(ours / theirs);
        ceilings[pipeline].push(most / theirs);
        rows.push([
          command.toUpperCase(),
          pipeline,
          Math.round(ours / 1000),
          Math.round(theirs / 1000),
          (ours / theirs).toFixed(2),
          (most / theirs).toFixed(2),
          median(found.vitrine.map(({ p99Ms }) => p99Ms)).toFixed(2),
          median(found.redis.map(({ p99Ms }) => p99Ms)).toFixed(2),
        ]);
      }
    }
    console.log(`\n${title} (${CLIENTS} connections, ${keys} keys, thousands a second, medians of ${rounds})`);
    printTable(['command', 'P', 'vitrine', 'redis', 'ratio', 'ceiling', 'p99 ms', 'redis p99'], rows);
    console.log(`geometric means: ${means(ratios)}`);
    console.log(`a server on Node's sockets that answers without looking: ${means(ceilings)}`);
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
  }
}

export async function benchTcp(options) {
  await compare('in memory', ['--appendonly', 'no'], options);
  await compare('AOF everysec on both sides', ['--appendonly', 'yes', '--appendfsync', 'everysec'], options);
}
