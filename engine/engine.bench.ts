/**
 * Commands a second through the whole engine without any host around it: pipelines of bytes in, one reply out. With
 * `film` as its argument the steps of every command are recorded and taken, as the page does it.
 */
import { Engine, Recorder } from './api.ts';

const KEYS = 100_000;
const PIPELINE = 100;
const TURNS = 20_000;

const recorder = process.argv[2] === 'film' ? new Recorder() : null;
const engine = new Engine({ host: { seed: 1 }, nowMs: 1, recorder });
let answered = 0;
const connection = engine.connect((bytes) => {
  answered += bytes.length;
});

function pipeline(turn: number): Buffer {
  const parts: string[] = [];
  for (let i = 0; i < PIPELINE; i++) {
    const key = `key:${String(((turn * PIPELINE + i) * 7919) % KEYS).padStart(12, '0')}`;
    if (i % 2 === 0) parts.push(`*3\r\n$3\r\nSET\r\n$16\r\n${key}\r\n$8\r\nvalue-${10 + (i % 90)}\r\n`);
    else parts.push(`*2\r\n$3\r\nGET\r\n$16\r\n${key}\r\n`);
  }
  return Buffer.from(parts.join(''), 'latin1');
}

const inputs = Array.from({ length: 2000 }, (_, turn) => pipeline(turn));

function run(turns: number): number {
  const start = process.cpuUsage();
  for (let turn = 0; turn < turns; turn++) {
    connection.receive(inputs[turn % inputs.length]);
    engine.endTurn();
    recorder?.take();
  }
  // Time that this process was given, not time that passed: others may be at work on the same machine.
  const { user, system } = process.cpuUsage(start);
  return (turns * PIPELINE) / (user + system);
}

run(TURNS / 4);
const rates = Array.from({ length: 5 }, () => run(TURNS)).sort((a, b) => a - b);
if (answered === 0) throw new Error('nothing was answered');
process.stdout.write(JSON.stringify({ rate: rates[2] }));
