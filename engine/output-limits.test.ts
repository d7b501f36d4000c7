import { describe, expect, test } from 'vitest';

import { Engine } from './engine.ts';
import { encodeCommand } from './client/encode.ts';
import { DEFAULT_OUTPUT_LIMITS, readOutputLimits } from './output-limits.ts';

describe('the setting', () => {
  const after = (text: string, before = DEFAULT_OUTPUT_LIMITS): string => {
    const read = readOutputLimits(text, before);
    return 'value' in read ? read.value : read.error;
  };

  test('changes the classes that it names, and leaves the others', () => {
    const changed = 'normal 1048576 1024 10 slave 268435456 67108864 60 pubsub 2097152 1048576 5';
    expect(after('normal 1mb 1kb 10 pubsub 2mb 1mb 5')).toBe(changed);
    expect(after('', changed)).toBe(changed);
    expect(after('replica 1 2 3', changed)).toBe(changed.replace('268435456 67108864 60', '1 2 3'));
    expect(after('NORMAL 0 0 0 normal 5 0 0')).toBe(DEFAULT_OUTPUT_LIMITS.replace('normal 0', 'normal 5'));
  });

  test('is refused in the words of Redis', () => {
    expect(after('normal 10kb 0')).toBe('Wrong number of arguments in buffer limit configuration.');
    expect(after('foo 1 1 1')).toBe('Invalid client class specified in buffer limit configuration.');
    for (const text of ['normal x 1 1', 'normal 0 0 -1', 'normal -1 0 0', 'normal 0 y 1'])
      expect(after(text)).toBe('Error in hard, soft or soft_seconds setting in buffer limit configuration.');
  });
});

/** An engine with a client that takes nothing of what it is sent, and one that talks. */
class Scene {
  nowMs = 1_000_000;
  pending = 0;
  isDropped = false;
  isClosed = false;
  readonly engine: Engine;
  private readonly silent;
  private readonly speaker;

  constructor(limits: string) {
    const config = { 'client-output-buffer-limit': limits };
    this.engine = new Engine({ host: { seed: 1 }, nowMs: this.nowMs, config });
    this.silent = this.engine.connect((bytes) => void (this.pending += bytes.length), {
      ...{ address: '127.0.0.1:1', localAddress: '127.0.0.1:2' },
      pendingBytes: () => this.pending,
      drop: () => (this.isDropped = true),
      close: () => (this.isClosed = true),
    });
    this.speaker = this.engine.connect(() => undefined);
  }

  hears(...argv: string[]): void {
    this.silent.receive(encodeCommand(argv));
    this.engine.endTurn();
  }

  publish(bytes: number): void {
    this.speaker.receive(encodeCommand(['PUBLISH', 'news', 'x'.repeat(bytes)]));
    this.engine.endTurn();
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.engine.tick(this.nowMs);
  }
}

describe('a client that does not take what it is sent', () => {
  test('is disconnected once more waits than the hard limit of its class', () => {
    const scene = new Scene('normal 0 0 0 pubsub 10kb 0 0');
    scene.hears('ECHO', 'x'.repeat(20_000));
    expect(scene.isDropped).toBe(false);
    scene.pending = 0;
    scene.hears('SUBSCRIBE', 'news');
    scene.publish(5000);
    expect(scene.isDropped).toBe(false);
    scene.publish(5200);
    expect([scene.isDropped, scene.isClosed]).toEqual([true, true]);
  });

  test('is disconnected when it has been past the soft limit for so long', () => {
    const scene = new Scene('pubsub 0 1kb 2');
    scene.hears('SUBSCRIBE', 'news');
    scene.publish(2000);
    scene.pass(1900);
    expect(scene.isDropped).toBe(false);
    // Who catches up begins anew.
    scene.pending = 0;
    scene.pass(100);
    scene.publish(2000);
    scene.pass(2000);
    expect(scene.isDropped).toBe(false);
    scene.pass(100);
    expect(scene.isDropped).toBe(true);
  });

  test('is let be when it only asks for much, unless its class has a limit too', () => {
    const scene = new Scene('normal 0 0 0');
    for (let i = 0; i < 10; i++) scene.hears('ECHO', 'x'.repeat(100_000));
    expect(scene.isDropped).toBe(false);
    const strict = new Scene('normal 100kb 0 0');
    strict.hears('ECHO', 'x'.repeat(110_000));
    expect(strict.isDropped).toBe(true);
  });
});
