import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { TestEngine } from '../commands/engine.test-kit.ts';
import { recordOf } from '../inspect.ts';
import { ascii } from '../memory/bytes.ts';

const text = (length: number): string => 'x'.repeat(length);

/** Whether the value of a key lies in its entry. */
function isInEntry({ engine }: TestEngine, key: string): boolean {
  return (recordOf(engine.keyspace, 0, ascii(key))?.value ?? expect.fail(`${key} has no string`)).isInEntry;
}

describe('a short string', () => {
  it('lies in the entry of its key, so that both are one block', () => {
    const engine = new TestEngine();
    engine.say('SET k 1');
    const before = engine.engine.keyspace.arena.usedBytes;
    engine.say('SET greeting hello');
    expect(isInEntry(engine, 'greeting')).toBe(true);
    // Six words, the key, a length and the text.
    expect(engine.engine.keyspace.arena.usedBytes - before).toBe(48);
    expect(engine.say('OBJECT ENCODING greeting')).toContain('embstr');
    expect(engine.say('MEMORY USAGE greeting')).toBe(':48\r\n');
  });

  it.each([44, 45])('of %d bytes is kept as in Redis', (length) => {
    const engine = new TestEngine();
    engine.say(`SET k ${text(length)}`);
    expect(engine.say('OBJECT ENCODING k')).toContain(length === 44 ? 'embstr' : 'raw');
    expect(isInEntry(engine, 'k')).toBe(length === 44);
  });

  it('that is longer than the one before has a block of its own, and a shorter one lies in the entry again', () => {
    const engine = new TestEngine();
    const places = [3, 2, 40, 1].map((length) => {
      engine.say(`SET k ${text(length)}`);
      expect(engine.say('GET k')).toBe(`$${length}\r\n${text(length)}\r\n`);
      return isInEntry(engine, 'k');
    });
    expect(places).toEqual([true, true, false, true]);
  });

  it('takes the place of a number, where the entry has the room', () => {
    const engine = new TestEngine();
    engine.say('SET k abc');
    engine.say('SET k 7');
    engine.say('SET k abc');
    expect(isInEntry(engine, 'k')).toBe(true);
  });

  it('gets a block of its own when it is written to in place, or goes to another key', () => {
    for (const line of ['APPEND k !', 'SETRANGE k 1 !', 'SETBIT k 3 1', 'RENAME k l', 'COPY k l', 'MOVE k 1']) {
      const engine = new TestEngine();
      const client = engine.connect();
      client.say('SET k abc');
      client.say(line);
      engine.engine.keyspace.assertValid();
      if (line.startsWith('MOVE')) client.say('SELECT 1');
      const key = line.endsWith(' l') ? 'l' : 'k';
      expect(client.say(`GET ${key}`), line).toMatch(/^\$[34]\r\n/);
      expect(client.say(`OBJECT ENCODING ${key}`), line).toMatch(/embstr|raw/);
      if (!line.startsWith('MOVE')) expect(isInEntry(engine, key), line).toBe(false);
    }
  });
});

describe('the value of a field in a large hash', () => {
  it('is not taken to be in its entry when it is the block right behind', () => {
    const engine = new TestEngine({ 'hash-max-listpack-entries': '0' });
    // Four words and this field fill a block of 64 bytes, and so do a length and this value.
    const field = text(48);
    engine.say(`HSET h ${field} ${text(60)}`);
    engine.engine.keyspace.assertValid();
    for (const length of [60, 59, 1, 60, 200]) {
      engine.say(`HSET h ${field} ${text(length)}`);
      engine.engine.keyspace.assertValid();
      expect(engine.say(`HGET h ${field}`)).toBe(`$${length}\r\n${text(length)}\r\n`);
    }
    engine.say('DEL h');
    engine.say('FLUSHALL');
    expect(engine.engine.keyspace.arena.usedBytes).toBe(0);
  });
});

describe('strings of every length', () => {
  const length = fc.oneof(fc.nat(12), fc.integer({ min: 38, max: 50 }), fc.nat(70));
  const place = fc.record({
    key: fc.nat(3).map((n) => `k${text(n * 3)}`),
    field: fc.nat(3).map((n) => `f${text(n * 4)}`),
  });
  const change = fc.record({
    place,
    length,
    number: fc.boolean(),
    what: fc.nat(9),
    other: fc.nat(3).map((n) => `k${text(n * 3)}`),
  });

  it('are read as they were written, whatever came before them, and give all their memory back', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const engine = new TestEngine({ 'hash-max-listpack-entries': '0' });
        const client = engine.connect();
        const strings = new Map<string, string>();
        const fields = new Map<string, string>();
        for (const {
          place: { key, field },
          length: bytes,
          number,
          what,
          other,
        } of changes) {
          const value = number ? String(bytes) : text(bytes);
          if (what < 4) {
            client.say(`SET ${key} "${value}"`);
            strings.set(key, value);
          } else if (what < 7) {
            client.say(`HSET h ${field} "${value}"`);
            fields.set(field, value);
          } else if (what === 7) {
            client.say(`HDEL h ${field}`);
            fields.delete(field);
          } else if (what === 8) {
            client.say(`APPEND ${key} "${value}"`);
            strings.set(key, (strings.get(key) ?? '') + value);
          } else if (client.say(`RENAME ${key} ${other}`).startsWith('+')) {
            const moved = strings.get(key) ?? '';
            strings.delete(key);
            strings.set(other, moved);
          }
          engine.engine.keyspace.assertValid();
        }
        for (const [key, value] of strings) expect(client.say(`GET ${key}`)).toBe(`$${value.length}\r\n${value}\r\n`);
        for (const [field, value] of fields)
          expect(client.say(`HGET h ${field}`)).toBe(`$${value.length}\r\n${value}\r\n`);
        client.say('COPY h i');
        for (const [field, value] of fields)
          expect(client.say(`HGET i ${field}`)).toBe(`$${value.length}\r\n${value}\r\n`);
        for (const key of [...strings.keys(), 'h', 'i']) client.say(`DEL ${key}`);
        client.say('FLUSHALL');
        expect(engine.engine.keyspace.arena.usedBytes).toBe(0);
      }),
    );
  });
});
