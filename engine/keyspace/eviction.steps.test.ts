import { describe, expect, it } from 'vitest';

import { Chance } from '../chance.ts';
import { encodeCommand } from '../client/encode.ts';
import { Engine } from '../engine.ts';
import type { Connection } from '../host.ts';
import { usedBytes } from '../memory/arena.steps.ts';
import { applyStep, describeStep, emptyModels, type EngineStep, type Models } from '../models.ts';
import { Recorder } from '../trace/recorder.ts';
import { decodeSteps, type AnyStep } from '../trace/steps.ts';
import { DeafRecorder, Witness, isEqual, mutatingKinds } from '../trace/witness.ts';
import { EVICTION_POLICIES } from './eviction.ts';
import { evictionSteps } from './eviction.steps.ts';

/** Keys come, go and expire under limits and policies that change all the time. */
class Session {
  readonly engine: Engine;
  private readonly chance: Chance;
  private readonly connection: Connection;
  private nowMs = 1_795_132_800_000;

  constructor(seed: number, recorder: Recorder | null) {
    const config = { 'hash-function': 'fnv1a', databases: '2', maxmemory: '4000', 'maxmemory-policy': 'allkeys-lru' };
    this.engine = new Engine({ host: { seed }, nowMs: this.nowMs, config, recorder });
    this.connection = this.engine.connect(() => undefined);
    this.chance = new Chance(seed);
  }

  private pick<Item>(...items: readonly Item[]): Item {
    return items[(this.chance.next() >>> 0) % items.length];
  }

  private below(limit: number): number {
    return (this.chance.next() >>> 0) % limit;
  }

  private line(): readonly string[] {
    const key = `key:${this.below(60)}`;
    switch (this.below(14)) {
      case 0:
        return ['DEL', key, `key:${this.below(60)}`];
      case 1:
      case 2:
        return ['PEXPIRE', key, this.pick('1000', '90000')];
      case 3:
        return ['CONFIG', 'SET', 'maxmemory', this.pick('0', '2000', '4000', '6000')];
      case 4:
        return ['CONFIG', 'SET', 'maxmemory-policy', this.pick(...EVICTION_POLICIES)];
      case 5:
        return ['CONFIG', 'SET', 'maxmemory-samples', this.pick('1', '3', '5', '10')];
      case 6:
        return ['SELECT', this.pick('0', '1')];
      case 7:
      case 8:
        return ['GET', key];
      default:
        return ['SET', key, 'x'.repeat(this.below(150))];
    }
  }

  step(): void {
    this.nowMs += this.pick(1, 50, 2000, 70_000);
    if (this.below(8) === 0) {
      this.engine.tick(this.nowMs);
      return;
    }
    this.engine.setTime(this.nowMs);
    this.connection.receive(encodeCommand(this.line()));
    this.engine.endTurn();
  }
}

describe('what an eviction tells', () => {
  const apply = (models: Models, step: AnyStep): Models => applyStep(models, step as EngineStep);
  const sessions = (
    recorder: (seed: number) => Recorder,
    visit: (session: Session, witness: Witness<Models>) => void,
  ) => {
    for (let seed = 1; seed <= 6; seed++) {
      const heard = recorder(seed);
      const session = new Session(seed, heard);
      const witness = new Witness(heard, emptyModels(2, 'fnv1a'), apply);
      for (let turn = 0; turn < 400; turn++) {
        session.step();
        visit(session, witness);
      }
    }
  };

  it('is what happens: after every command the fold of all steps equals the snapshot', () => {
    const met = new Set<string>();
    sessions(
      () => new Recorder(),
      ({ engine }, witness) => {
        const models = witness.look();
        expect(models).toEqual(engine.snapshot());
        expect(usedBytes(models.arena)).toBe(engine.keyspace.arena.usedBytes);
        engine.keyspace.assertValid();
        for (const kind of witness.met) met.add(kind);
      },
    );
    for (const kind of Object.keys(evictionSteps.kinds)) expect(met).toContain(`eviction.${kind}`);
  });

  it.each(mutatingKinds(evictionSteps))('would be missed if it were %s', (kind) => {
    let isNoticed = false;
    sessions(
      () => new DeafRecorder(kind),
      ({ engine }, witness) => {
        isNoticed ||= !isEqual(witness.look().eviction, engine.snapshot().eviction);
      },
    );
    expect(isNoticed).toBe(true);
  });

  it('can be said in words', () => {
    const said = new Map<string, string>();
    for (let seed = 1; seed <= 6; seed++) {
      const recorder = new Recorder();
      const session = new Session(seed, recorder);
      let models = emptyModels(2, 'fnv1a');
      for (let turn = 0; turn < 400; turn++) {
        session.step();
        for (const step of decodeSteps(recorder.take()) as unknown as EngineStep[]) {
          if (step.structure === 'eviction') said.set(step.kind, describeStep(step, models));
          models = applyStep(models, step);
        }
      }
    }
    expect([...said.keys()].sort()).toEqual(Object.keys(evictionSteps.kinds).sort());
    for (const sentence of said.values()) expect(sentence).toMatch(/^.+[.]$/);
    expect(said.get('evict')).toMatch(/^“key:\d+” is evicted\.$/);
  });

  it('comes back with a keyframe: the pool, and whose turn it is', () => {
    const [session, copy] = [new Session(4, null), new Session(4, null)];
    while (session.engine.snapshot().eviction.candidates.length < 9) session.step();
    const state = session.engine.capture();
    copy.engine.restore(state, () => () => undefined);
    expect(copy.engine.snapshot()).toEqual(session.engine.snapshot());
  });
});
