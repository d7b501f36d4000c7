import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyModels, applyStep, describeStep, type EngineStep } from '../models.ts';
import { utf8Decode, utf8Encode } from '../memory/bytes.ts';
import { Recorder } from '../trace/recorder.ts';
import { decodeSteps } from '../trace/steps.ts';
import { EXHIBIT_COMMANDS } from './exhibit-commands.ts';
import { ExhibitEngine } from './exhibit-engine.ts';
import { EXHIBIT_NAMES } from './exhibits.ts';

/** An exhibit, a client of it, and the film of both. */
function stand(exhibit: string, recorder: Recorder | null = new Recorder()) {
  const engine = new ExhibitEngine({ exhibit, hashName: 'fnv1a', nowMs: 0, recorder });
  let answer = '';
  const connection = engine.connect((bytes) => {
    answer += utf8Decode(bytes);
  });
  const say = (line: string): string => {
    answer = '';
    connection.receive(utf8Encode(`${line}\r\n`));
    engine.endTurn();
    return answer;
  };
  return {
    engine,
    connection,
    say,
    take: () => decodeSteps((recorder ?? new Recorder()).take()) as unknown as EngineStep[],
  };
}

describe('the key that was not stored', () => {
  it('answers a key that was never set with the value of another one of its bucket', () => {
    const { say } = stand('key-not-stored');
    say('SET bar 1');
    expect(say('GET bar')).toBe('$1\r\n1\r\n');
    expect(say('GET baz')).toBe('$1\r\n1\r\n');
    expect(say('GET foo')).toBe('$-1\r\n');
  });

  it('deletes the value of one key by the name of another, and can name none', () => {
    const { say } = stand('key-not-stored');
    say('SET bar 1');
    expect(say('KEYS *')).toBe('*0\r\n');
    expect(say('EXISTS baz')).toBe(':1\r\n');
    expect(say('DEL baz')).toBe(':1\r\n');
    expect(say('GET bar')).toBe('$-1\r\n');
  });
});

describe('overwritten', () => {
  it('answers the first key of a bucket with the value of the second', () => {
    const { say } = stand('overwritten');
    say('SET bar 1');
    say('SET baz 2');
    expect(say('GET bar')).toBe('$1\r\n2\r\n');
    expect(say('KEYS *')).toBe('*1\r\n$3\r\nbaz\r\n');
    expect(say('DBSIZE')).toBe(':1\r\n');
  });

  it('keeps keys of different buckets apart', () => {
    const { say } = stand('overwritten');
    say('SET bar 1');
    say('SET foo 2');
    expect(say('GET bar')).toBe('$1\r\n1\r\n');
    expect(say('DBSIZE')).toBe(':2\r\n');
  });
});

describe.each(EXHIBIT_NAMES)('the exhibit “%s”', (exhibit) => {
  const key = fc.constantFrom('bar', 'baz', 'foo', 'city', 'k'.repeat(100), 'é', 'a', 'b', 'c', 'd', 'e', 'f');
  const line = fc.oneof(
    fc.tuple(fc.constant('SET'), key, fc.string({ unit: fc.constantFrom('x', '1', 'é'), minLength: 1, maxLength: 90 })),
    fc.tuple(fc.constantFrom('GET', 'DEL', 'EXISTS'), key),
    fc.tuple(fc.constantFrom('KEYS *', 'FLUSHALL', 'DBSIZE')),
  );

  it('is folded from its steps to exactly its own snapshot, after every command', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const { engine, say, take } = stand(exhibit);
        let models = emptyModels(1, 'fnv1a');
        for (const words of lines) {
          say(words.join(' '));
          for (const step of take()) {
            if (step.structure === 'hash-table') kinds.add(step.kind);
            expect(describeStep(step, models)).not.toContain('undefined');
            models = applyStep(models, step);
          }
          expect(models).toEqual(engine.snapshot());
          engine.assertValid();
        }
      }),
      { numRuns: 150 },
    );
    expect([...kinds].sort()).toEqual(['clear', 'create', 'hash', 'link', 'payload', 'unlink', 'visit']);
  });

  it('notices when any one of its steps of change is left out', () => {
    const { engine, say, take } = stand(exhibit);
    for (const words of ['SET bar 1', 'SET foo 2', 'SET baz three', 'DEL foo', 'SET bar 4']) say(words);
    const steps = take().filter((step) => step.structure !== 'cause');
    const fold = (list: readonly EngineStep[]) => list.reduce(applyStep, emptyModels(1, 'fnv1a'));
    expect(fold(steps)).toEqual(engine.snapshot());
    for (const kind of ['create', 'link', 'unlink', 'payload']) {
      const without = steps.filter((step) => !(step.structure === 'hash-table' && step.kind === kind));
      // Of a cell written over, the keyless table tells nothing but the payload; it has no unlink but DEL's.
      expect(fold(without).tables, `without ${kind}`).not.toEqual(engine.snapshot().tables);
    }
  });

  it('answers the same with nobody watching', () => {
    const watched = stand(exhibit);
    const unwatched = stand(exhibit, null);
    for (const words of [
      'SET bar 1',
      'GET baz',
      'SET baz 2',
      'GET bar',
      'DEL city',
      'KEYS *',
      'GET bar',
      'SET a',
      'NO',
      'SET a b c',
    ]) {
      expect(unwatched.say(words)).toBe(watched.say(words));
    }
  });

  it('goes back to a state that was captured, its clients too', () => {
    const { engine, say } = stand(exhibit);
    say('SET bar 1');
    const state = engine.capture();
    const before = engine.snapshot();
    say('SET bar 2');
    say('SET foo 3');
    let answer = '';
    const connections = engine.restore(state, () => (bytes) => {
      answer += utf8Decode(bytes);
    });
    expect(engine.snapshot()).toEqual(before);
    connections.get(1)?.receive(utf8Encode('GET bar\r\n'));
    engine.endTurn();
    expect(answer).toBe('$1\r\n1\r\n');
  });

  it('speaks enough of the protocol for any client to talk to it', () => {
    const { say } = stand(exhibit);
    expect(say('PING')).toBe('+PONG\r\n');
    expect(say('ping hello')).toBe('$5\r\nhello\r\n');
    expect(say('COMMAND COUNT')).toBe(`:${EXHIBIT_COMMANDS.length}\r\n`);
    expect(say('COMMAND DOCS')).toContain('$7\r\nsummary\r\n');
    expect(say('HELLO 3')).toMatch(/^%2\r\n/);
    expect(say('GET nobody')).toBe('_\r\n');
    expect(say('HELLO 4')).toBe('-NOPROTO unsupported protocol version\r\n');
    expect(say('SET a')).toBe("-ERR wrong number of arguments for 'set' command\r\n");
    expect(say('SET a b EX 1')).toBe('-ERR syntax error\r\n');
    expect(say('INCR a')).toBe("-ERR this exhibit does not know 'INCR'\r\n");
    expect(say('*1\r\nx')).toBe("-ERR Protocol error: expected '$', got 'x'\r\n");
  });
});

it('a name that is no exhibit is refused, and the message lists those that are', () => {
  expect(() => stand('constructor')).toThrow(
    /there is no exhibit “constructor”; there are key-not-stored, overwritten/,
  );
});
