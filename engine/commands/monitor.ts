import { CommandError } from '../errors.ts';
import type { CommandSpec } from './contract.ts';

export const MONITOR: CommandSpec = {
  name: 'monitor',
  group: 'server',
  since: '1.0.0',
  summary: 'Shows this connection every call that is made from now on, until RESET.',
  flags: ['admin', 'noscript', 'loading', 'stale'],
  arguments: [],
  examples: ['MONITOR', 'RESET'],
  handler({ session, reply, server }) {
    if (!server.mayWait()) throw new CommandError("ERR MONITOR isn't allowed for DENY BLOCKING client");
    // Who is shown everything already gets no answer, as in Redis.
    if (session.isMonitor) return;
    server.observer.watch(session);
    reply.ok();
  },
};
