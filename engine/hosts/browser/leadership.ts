/**
 * One of all tabs holds the database: it alone has the engine and writes the log. The others are its guests, and what
 * their terminals say goes through it. The browser's own lock decides who it is, and gives it on when a tab closes or
 * crashes, within a few hundredths of a second.
 *
 * The lock alone does not protect the log: a holder that was frozen may wake up after its lock was taken from it. So the
 * log has an epoch as well, which each holder raises, and which every write looks at.
 */
export interface Candidate {
  /** The database is this tab's from now on. */
  lead(): void;
  /** Another tab holds it. */
  follow(): void;
  /** Another tab has taken it from this one, which did not answer for long. */
  depose(): void;
}

/** The part of the browser's lock manager that is used here. */
export type Locks = Pick<LockManager, 'request'>;

export class Leadership {
  private readonly locks: Locks;
  private readonly name: string;
  private readonly candidate: Candidate;
  private resign: (() => void) | null = null;
  private waiting: AbortController | null = null;
  private isClosed = false;

  constructor(locks: Locks, name: string, candidate: Candidate) {
    this.locks = locks;
    this.name = name;
    this.candidate = candidate;
  }

  /** Settled as soon as it is known whether this tab leads or follows, or may not use locks: then it is neither. */
  start(): Promise<'known' | 'denied'> {
    return new Promise((settled) => {
      const known = (): void => {
        settled('known');
      };
      this.hold({ ifAvailable: true }, known).then(
        (got) => {
          if (got) return;
          this.candidate.follow();
          known();
          this.queue();
        },
        (error: unknown) => {
          // A page that may keep nothing may not lock anything either.
          if (!(error instanceof DOMException) || error.name !== 'SecurityError') throw error;
          settled('denied');
        },
      );
    });
  }

  /** Takes the lock from a holder that does not answer. */
  seize(): void {
    if (this.resign) return;
    this.waiting?.abort();
    void this.hold({ steal: true });
  }

  close(): void {
    this.isClosed = true;
    this.waiting?.abort();
    this.resign?.();
  }

  private queue(): void {
    if (this.isClosed) return;
    this.waiting = new AbortController();
    void this.hold({ signal: this.waiting.signal });
  }

  /** Asks for the lock, and holds it until it is given up or taken. False when it was not to be had. */
  private async hold(options: LockOptions, settled?: () => void): Promise<boolean> {
    let isHolder = false;
    try {
      return await this.locks.request(this.name, options, async (lock) => {
        if (lock === null || this.isClosed) return false;
        isHolder = true;
        this.waiting = null;
        const held = new Promise<void>((resolve) => (this.resign = resolve));
        this.candidate.lead();
        settled?.();
        await held;
        return true;
      });
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'AbortError') throw error;
      if (!isHolder) return false;
      this.resign = null;
      this.candidate.depose();
      this.queue();
      return true;
    }
  }
}
