/// <reference types="vite/client" />
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { describeDifference, parseAll, replayCase } from '../engine/conformance/replay.ts';
import type { Transport, Wire } from '../engine/conformance/replay.ts';
import { casesOf, serverSettings } from '../engine/conformance/transcript.ts';
import { EngineClient } from './engine-client.ts';

const files = import.meta.glob<string>('../engine/conformance/transcripts/*.transcript', {
  query: '?raw',
  import: 'default',
  eager: true,
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Conversations recorded from a real server, held with the worker over its ports. */
function transportTo(worker: () => EngineClient): Transport {
  return {
    connect() {
      const transport = worker().connect('conformance');
      const wire: Wire = {
        send: (bytes) => {
          transport.send(bytes);
        },
        close: () => {
          transport.close();
        },
        onbytes: null,
        onclose: null,
      };
      transport.onbytes = (bytes) => wire.onbytes?.(bytes);
      transport.onclose = () => wire.onclose?.();
      return wire;
    },
    wait: pause,
    patience: () => pause(2000),
    // Each wire is a port of its own, and nothing says in which order two of them are heard.
    settle: () => pause(30),
  };
}

for (const transcript of parseAll(files)) {
  const name = transcript.name.slice(transcript.name.lastIndexOf('/') + 1);
  describe(name, () => {
    // One worker at a time: dozens at once would keep each other from starting.
    let engine: EngineClient;
    beforeAll(() => {
      const config = { activerehashing: 'yes', appendonly: 'no', ...serverSettings(transcript) };
      engine = new EngineClient({ seed: 1, config });
    });
    afterAll(() => {
      engine.close();
    });
    const transport = transportTo(() => engine);
    for (const scene of casesOf(transcript)) {
      test(scene.sentence, async () => {
        const differences = await replayCase(transport, name, scene);
        expect(differences.map(describeDifference).join('\n')).toBe('');
      });
    }
  });
}
