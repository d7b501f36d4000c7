import { classFigures, idleBytes } from '../memory/arena-figures.ts';
import type { Context } from './contract.ts';
import { memoryFigures } from './memory-figures.ts';

const MIB = 1024 * 1024;
/** Below this there is nothing to be wrong with. */
const SMALL_BYTES = 5 * MIB;
/** So much that lies idle in one class is worth a word. */
const MUCH_IDLE_BYTES = 4 * MIB;
/** A client that has sent so much of a command that is not whole takes part in the problem. */
const MUCH_A_CLIENT_BYTES = 200 * 1024;

/** What is to be said about the use of memory, in sentences. */
export function diagnose(context: Context): string {
  const { keyspace, server } = context;
  const { arena } = keyspace;
  const { used, reserved, peak, clients } = memoryFigures(context);
  if (reserved < SMALL_BYTES) return 'There is little in memory, and nothing to be wrong with it.\n';
  const findings: string[] = [];
  if (peak > used * 1.5) {
    findings.push(
      `At its peak the data took ${mib(peak)}; it takes ${mib(used)} now. The arena keeps the pages, for blocks of the same sizes.`,
    );
  }
  if (reserved > used * 1.4) {
    const worst = classFigures(arena.snapshot()).reduce((a, b) => (idleBytes(b) > idleBytes(a) ? b : a));
    const { blockBytes, live, blocks } = worst;
    if (idleBytes(worst) > MUCH_IDLE_BYTES) {
      findings.push(
        `Of ${blocks} blocks of ${blockBytes} bytes only ${live} are in use: ${mib(idleBytes(worst))} wait for values of just ` +
          'that size. MEMORY MALLOC-STATS shows every class. Restarting with the log, or emptying all databases, gives it back.',
      );
    }
  }
  const sessions = [...server.sessions()].length;
  if (sessions > 0 && clients / sessions > MUCH_A_CLIENT_BYTES) {
    findings.push(`Clients have sent ${mib(clients)} of commands that are not whole yet: see CLIENT LIST for whose.`);
  }
  if (findings.length === 0) return 'Memory is used well.\n';
  return findings.map((finding) => ` * ${finding}\n`).join('');
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}
