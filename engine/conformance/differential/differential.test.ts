/** The differential test in small: some thousand commands of random sessions, the engine against a real redis-server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startRedis } from '../../../scripts/conformance-server.mjs';
import { findRedis } from '../../../scripts/ensure-redis.mjs';
import { RealServer, describe as inWords, run, smallest } from './index.ts';

const COMMANDS = 10_000;
const FIXED_SEED = 20_261_120;
const SEED = Number(process.env['VITRINE_SEED'] ?? Date.now() % 1_000_000_000);

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

  test.each([
    ['from a fixed seed', FIXED_SEED],
    ['from a seed of the moment', SEED],
  ])('%s the engine answers as a real server does', { timeout: 120_000 }, async (_, seed) => {
    const { difference, seed: session, moves, commands } = await run(server, { commands: COMMANDS, seed });
    if (difference === null) {
      expect(commands).toBeGreaterThanOrEqual(COMMANDS);
      return;
    }
    const small = await smallest(server, `Seed ${session} of the differential test`, moves);
    expect.fail(`session ${session} (VITRINE_SEED=${seed})\n${inWords(difference)}\n\n${small?.transcript ?? ''}`);
  });
});
