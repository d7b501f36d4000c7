/**
 * `client-output-buffer-limit`: how much a client may leave untaken of what it was sent, by its class. Past the hard limit it
 * is disconnected at once; past the soft limit, when it has been so for so many seconds.
 */
import { parseMemory } from './memory/sizes.ts';
import type { Session } from './session.ts';

const CLASSES = ['normal', 'slave', 'pubsub'] as const;
type ClientClass = (typeof CLASSES)[number];

interface OutputLimit {
  /** 0 is without a limit. */
  readonly hardBytes: number;
  readonly softBytes: number;
  readonly softSeconds: number;
}

type Limits = Readonly<Record<ClientClass, OutputLimit>>;

/** In the words of CONFIG GET. */
export const DEFAULT_OUTPUT_LIMITS = 'normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60';

/** The older word for a class and the newer one. */
const SYNONYMS: Readonly<Record<string, ClientClass | undefined>> = {
  ...{ normal: 'normal', slave: 'slave', replica: 'slave', pubsub: 'pubsub' },
};

/**
 * Reads the limits of some classes, each in four words, and puts them in the place of those that were; the others stay.
 * Both as CONFIG GET writes them.
 */
export function readOutputLimits(text: string, before: string): { value: string } | { error: string } {
  const words = text.split(' ').filter((word) => word !== '');
  if (words.length % 4 !== 0) return { error: 'Wrong number of arguments in buffer limit configuration.' };
  const limits: Record<ClientClass, OutputLimit> = { ...limitsIn(before) };
  for (let i = 0; i < words.length; i += 4) {
    const kind = SYNONYMS[words[i].toLowerCase()];
    if (kind === undefined) return { error: 'Invalid client class specified in buffer limit configuration.' };
    const [hardBytes, softBytes] = [parseMemory(words[i + 1]), parseMemory(words[i + 2])];
    const softSeconds = /^\d+$/.test(words[i + 3]) ? Number(words[i + 3]) : null;
    if (hardBytes === null || softBytes === null || softSeconds === null)
      return { error: 'Error in hard, soft or soft_seconds setting in buffer limit configuration.' };
    limits[kind] = { hardBytes, softBytes, softSeconds };
  }
  return { value: print(limits) };
}

function print(limits: Limits): string {
  return CLASSES.map((kind) => {
    const { hardBytes, softBytes, softSeconds } = limits[kind];
    return `${kind} ${hardBytes} ${softBytes} ${softSeconds}`;
  }).join(' ');
}

function limitsIn(text: string): Limits {
  const words = text.split(' ');
  const limitOf = (kind: ClientClass): OutputLimit => {
    const [hardBytes, softBytes, softSeconds] = words.slice(words.indexOf(kind) + 1).map(Number);
    return { hardBytes, softBytes, softSeconds };
  };
  return { normal: limitOf('normal'), slave: limitOf('slave'), pubsub: limitOf('pubsub') };
}

/**
 * Watches over what clients leave untaken. Only a host whose connections keep such bytes says how many there are; so there
 * is nothing of this in a keyframe, which only other hosts take.
 */
export class OutputLimits {
  private limits: Limits = limitsIn(DEFAULT_OUTPUT_LIMITS);
  /** Since when a client is past its soft limit. */
  private readonly since = new Map<Session, number>();

  /** `text` as CONFIG GET has it. */
  configure(text: string): void {
    this.limits = limitsIn(text);
  }

  /** Whether a client that was just sent something, or that was past its soft limit, must go. */
  isPast(session: Session, nowMs: number): boolean {
    const pending = session.peer.pendingBytes?.() ?? 0;
    const { hardBytes, softBytes, softSeconds } = session.isSubscriber ? this.limits.pubsub : this.limits.normal;
    if (hardBytes > 0 && pending >= hardBytes) return true;
    if (softBytes === 0 || pending < softBytes) {
      if (this.since.size > 0) this.since.delete(session);
      return false;
    }
    const since = this.since.get(session) ?? nowMs;
    this.since.set(session, since);
    return nowMs - since > softSeconds * 1000;
  }

  /** Those that were past their soft limit when they were looked at last. */
  suspects(): readonly Session[] {
    return [...this.since.keys()];
  }

  forget(session: Session): void {
    if (this.since.size > 0) this.since.delete(session);
  }
}
