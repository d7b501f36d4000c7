import { afterEach, describe, expect, it } from 'vitest';

import { Client } from '../engine/client/client.ts';
import { textOf } from '../engine/client/reply.ts';
import { decodeSteps } from '../engine/trace/steps.ts';
import { EngineClient } from './engine-client.ts';

const open: EngineClient[] = [];

function engine(options: ConstructorParameters<typeof EngineClient>[0] = {}): EngineClient {
  const client = new EngineClient(options);
  open.push(client);
  return client;
}

afterEach(() => {
  for (const client of open.splice(0)) client.close();
});

describe('the engine in its worker', () => {
  it('answers over a port, and tells the steps', async () => {
    const started = engine();
    const words: Int32Array[] = [];
    started.on('steps', (message) => words.push(message.words));
    const ready = await new Promise((resolve) => started.on('ready', resolve));
    expect(ready).toMatchObject({ nextIndex: 0, loaded: { commands: 0 } });
    const client = new Client(started.connect('terminal'));
    expect(textOf(await client.send(['SET', 'foo', 'bar']))).toBe('OK');
    expect(textOf(await client.send(['GET', 'foo']))).toBe('bar');
    await expect
      .poll(() => words.flatMap((some) => decodeSteps(some)).filter(({ kind }) => kind === 'link').length)
      .toBe(1);
    expect(await started.inspect(0, new TextEncoder().encode('foo'))).toMatchObject({
      type: 'string',
      encoding: 'embstr',
    });
  });
});
