import { CommandError } from '../errors.ts';
import type { CommandSpec } from './contract.ts';
import { integer } from './grammar.ts';

const NO_TIMEOUT = 'ERR timeout is not an integer or out of range';
/** No key has it: who waits for replicas waits for no key. */
const NO_TYPE = -1;
const REPLICAS = 0;

/** Nobody follows this server, so that there is never one more replica than there is: none. */
export const WAIT: CommandSpec = {
  name: 'wait',
  group: 'generic',
  since: '3.0.0',
  summary:
    'Waits until so many replicas have what was written, or for so many milliseconds, and tells how many have it.',
  complexity: 'O(1)',
  flags: ['noscript'],
  categories: ['connection'],
  leavesGroupCategory: true,
  tips: ['request_policy:all_shards', 'response_policy:agg_min'],
  arguments: [integer('numreplicas'), integer('timeout')],
  examples: ['SET greeting hello', 'WAIT 0 100'],
  handler({ command, db, reply, server, session }, args) {
    const wanted = args.int64(1);
    const timeoutMs = args.int64(2, NO_TIMEOUT);
    if (timeoutMs < 0) throw new CommandError('ERR timeout is negative');
    // While it waits Redis keeps the number in 32 bits, and finds at once that one which is 0 or below there has come.
    if (BigInt.asIntN(32, wanted) <= REPLICAS || !server.mayWait()) {
      reply.integer(REPLICAS);
      return;
    }
    const deadlineMs = timeoutMs === 0n ? 0 : Math.floor(server.nowMs) + Number(timeoutMs);
    const nothing = { type: NO_TYPE, firstKey: 0, endKey: 0 };
    server.wait(session, { ...nothing, fullName: command.fullName, args: args.detach(), db: db.index, deadlineMs });
  },
  whenOver({ reply }) {
    reply.integer(REPLICAS);
  },
};
