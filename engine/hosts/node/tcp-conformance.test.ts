/** The transcripts of a real server, replayed over real sockets. */
import { readFileSync, readdirSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { describeDifference, parseAll, replayCase, type Transport, type Wire } from '../../conformance/replay.ts';
import { casesOf, serverSettings } from '../../conformance/transcript.ts';
import { removeTemporaryFolders, startTestServer, type TestServer } from './test-server.ts';

const folder = fileURLToPath(new URL('../../conformance/transcripts/', import.meta.url));
const files = Object.fromEntries(
  readdirSync(folder)
    .filter((name) => name.endsWith('.transcript'))
    .map((name) => [name, readFileSync(folder + name, 'utf8')]),
);

function transportTo(port: number): Transport {
  return {
    async connect() {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      const wire: Wire = {
        send: (bytes) => socket.write(bytes),
        close: () => socket.destroy(),
        onbytes: null,
        onclose: null,
      };
      socket.on('data', (bytes) => wire.onbytes?.(bytes));
      socket.on('close', () => wire.onclose?.());
      // A server that ends a connection with bytes unread resets it; 'close' follows.
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      return wire;
    },
    wait: async (ms) => {
      await sleep(ms);
    },
    patience: () => sleep(3000, undefined, { ref: false }),
  };
}

afterAll(removeTemporaryFolders);

for (const transcript of parseAll(files)) {
  describe(`${transcript.name} over TCP`, () => {
    let server: TestServer;
    beforeAll(async () => {
      const settings = { 'enable-debug-command': 'yes', ...serverSettings(transcript) };
      server = await startTestServer(...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]));
    });
    afterAll(() => {
      server.stop();
    });
    for (const scene of casesOf(transcript)) {
      test(`${transcript.name} over TCP: ${scene.sentence}`, async () => {
        const differences = await replayCase(transportTo(server.port), transcript.name, scene);
        expect(differences.map(describeDifference).join('\n')).toBe('');
      });
    }
  });
}
