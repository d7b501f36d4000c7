/** The differential test in small: some thousand commands of random sessions, the engine against a real redis-server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startRedis } from '../../../scripts/conformance-server.mjs';
import { findRedis } from '../../../scripts/ensure-redis.mjs';
import { RealServer, describe as inWords, run, smallest } from './index.ts';

const COMMANDS = 20_000;
/** A gate must not turn red by chance: new differences are looked for at home, and by the long run, `npm run differential`. */
const SEED = Number(process.env['VITRINE_SEED'] ?? (process.env['CI'] ? 20_261_120 : Date.now() % 1_000_000_000));

const hasRedis = findRedis()?.startsWith('7.0.') === true;

describe.runIf(hasRedis)('random sessions', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let server: RealServer;
  beforeAll(async () => {
    redis = await startRedis();
    server = await RealServer.at(redis.socket);
  });
  afterAll(async () => {
    server.close();
    await redis.stop();
  });

  test(`from seed ${SEED} on the engine answers as a real server does`, { timeout: 120_000 }, async () => {
    let commands = 0;
    for (let next = SEED; commands < COMMANDS; next++) {
      const found = await run(server, { commands: COMMANDS - commands, seed: next });
      commands += found.commands;
      next = found.seed;
      if (found.difference === null) continue;
      const small = await smallest(server, `Session ${found.seed} of the differential test`, found.moves);
      const told = `session ${found.seed} (VITRINE_SEED=${SEED})\n${inWords(found.difference)}`;
      if (small !== null) expect.fail(`${told}\n\n${small.transcript}`);
      // A machine that stood still for a while; the same session again has given the same answers.
      console.warn(`Not repeatable: ${told}`);
    }
    expect(commands).toBeGreaterThanOrEqual(COMMANDS);
  });
});
