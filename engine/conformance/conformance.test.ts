import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { Engine } from '../api.ts';
import { describeDifference, parseAll, replayCase } from './replay.ts';
import type { Transport, Wire } from './replay.ts';
import { casesOf, serverSettings } from './transcript.ts';
import type { Transcript } from './transcript.ts';

const folder = fileURLToPath(new URL('./transcripts/', import.meta.url));
const START_MS = Date.UTC(2026, 10, 20);
/** A host ticks about ten times a second. */
const TICK_MS = 100;

/** An engine in this process under a clock turned by hand: each send is a turn, and replies come before it returns. */
function engineFor(transcript: Transcript): Transport {
  let nowMs = START_MS;
  let port = 40000;
  const config = { 'enable-debug-command': 'yes', ...serverSettings(transcript) };
  const engine = new Engine({ host: { seed: 1 }, nowMs, config });
  const turn = (work: () => void): void => {
    engine.setTime(nowMs);
    work();
    engine.endTurn();
  };
  return {
    connect() {
      const wire: Wire = { send, close, onbytes: null, onclose: null };
      const connection = engine.connect((bytes) => wire.onbytes?.(bytes.slice()), {
        address: `127.0.0.1:${port++}`,
        localAddress: '127.0.0.1:6379',
        close: () => wire.onclose?.(),
      });
      function send(bytes: Uint8Array): void {
        turn(() => connection.receive(bytes));
      }
      function close(): void {
        turn(() => connection.close());
      }
      return wire;
    },
    wait(ms) {
      for (let left = ms; left > 0; left -= TICK_MS) {
        nowMs += Math.min(left, TICK_MS);
        engine.tick(nowMs);
        engine.endTurn();
      }
    },
  };
}

const files = Object.fromEntries(
  readdirSync(folder)
    .filter((name) => name.endsWith('.transcript'))
    .map((name) => [name, readFileSync(folder + name, 'utf8')]),
);

for (const transcript of parseAll(files)) {
  describe(transcript.name, () => {
    const transport = engineFor(transcript);
    for (const scene of casesOf(transcript)) {
      test(`${transcript.name}: ${scene.sentence}`, async () => {
        const differences = await replayCase(transport, transcript.name, scene);
        expect(differences.map(describeDifference).join('\n')).toBe('');
      });
    }
  });
}
