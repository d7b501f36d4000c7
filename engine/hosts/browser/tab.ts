import type { BrowserHost } from './browser-host.ts';
import type { Post } from './feed.ts';
import { inWords } from './in-words.ts';
import { Leadership, type Locks } from './leadership.ts';
import type { LogStorage } from './log-storage.ts';
import { openHost, type OpenHost } from './open-host.ts';
import type { PageToWorker, PortMessage, Role, SaveState, WorkerOptions, WorkerToPage } from './protocol.ts';
import { Guest, Reception, type Channel, type Question } from './relay.ts';

export type Request = Exclude<PageToWorker, { readonly type: 'start' }>;

export interface TabParts {
  readonly options: WorkerOptions;
  readonly post: Post;
  /** `null` for a scratch database, which no other tab sees. */
  readonly shared: Shared | null;
}

/** What the tabs of one database share. */
export interface Shared {
  readonly name: string;
  readonly tab: string;
  storage(): LogStorage;
  channel(): Channel;
  /** `null` where the browser has none; then the epoch of the log alone decides who writes. */
  readonly locks: Locks | null;
}

/** A holder that has been silent for so many seconds, which no page in use is, loses the database to a guest. */
const SEIZE_SECONDS = 12;

/** One tab's worker: it holds the database itself, or is the guest of a tab that does. */
export class Tab {
  private readonly parts: TabParts;
  private readonly post: Post;
  /** `null` where the browser has no locks, or does not let this page use them. */
  private leadership: Leadership | null;
  private opened: OpenHost | null = null;
  private reception: Reception | null = null;
  private guest: Guest | null = null;
  private channel: Channel | null = null;
  /** How often this tab has begun anew, as holder or as guest. */
  private changes = 0;
  private role: Role['kind'] | null = null;
  private saved: SaveState | null = null;
  /** What came while there was nobody to take it. */
  private early: Request[] = [];
  private readonly ports = new Set<MessagePort>();

  constructor(parts: TabParts) {
    this.parts = parts;
    this.post = parts.post;
    const { shared } = parts;
    this.leadership =
      shared?.locks == null
        ? null
        : new Leadership(shared.locks, shared.name, {
            lead: () => {
              this.run(this.lead());
            },
            follow: () => {
              this.follow();
            },
            depose: () => {
              this.leave('another tab has taken over the database, because this one did not answer');
              this.follow();
            },
          });
  }

  async start(): Promise<void> {
    const isDenied = (await this.leadership?.start()) === 'denied';
    if (isDenied) this.leadership = null;
    if (!this.leadership) await this.lead();
  }

  take(request: Request): void {
    if (request.type === 'take over') this.leadership?.seize();
    else if (this.guest) this.handOn(this.guest, request);
    else if (!this.opened) this.early.push(request);
    else if (request.type === 'connect') this.attach(this.opened.host, request.port);
    else this.serve(request, this.post, null);
  }

  close(): void {
    this.leave('the tab was closed');
    this.leadership?.close();
    this.channel?.close();
  }

  // Holding the database.

  private async lead(): Promise<void> {
    this.leave('this tab holds the database now; a command without an answer may have run');
    const { options, shared } = this.parts;
    const { changes } = this;
    if (this.leadership) this.say({ kind: 'holder' });
    const opened = await openHost(
      options,
      (message, transfer) => this.tellAll(message, transfer),
      shared?.storage() ?? null,
    );
    if (changes !== this.changes) {
      // The database was taken from this tab while it was being read.
      opened.host.close();
      await opened.log?.close();
      return;
    }
    this.opened = opened;
    if (shared && this.leadership) {
      this.reception = new Reception({
        channel: this.openChannel(shared),
        opened,
        ask: (question, answer, from) => {
          this.serve(question, answer, from);
        },
        welcome: () => this.welcome(opened),
      });
    }
    this.takeEarly();
  }

  private welcome({ host, loaded }: OpenHost): readonly WorkerToPage[] {
    const save: WorkerToPage[] = this.saved === null ? [] : [{ type: 'save', state: this.saved }];
    return [host.ready(loaded), ...save];
  }

  private tellAll(message: WorkerToPage, transfer: ArrayBuffer[] = []): void {
    if (message.type === 'save') this.saved = message.state;
    this.reception?.tell(message);
    this.post(message, transfer);
  }

  /** Answers a page; `from` is the guest that asks, `null` for the page of this tab. */
  private serve(question: Question, answer: (message: WorkerToPage) => void, from: string | null): void {
    if (!this.opened) return;
    const { host, log } = this.opened;
    switch (question.type) {
      case 'frame':
        answer({ type: 'frame', request: question.request, frame: host.frame(question.index) });
        break;
      case 'inspect': {
        const record = host.inspect(question.index, question.db, question.key);
        answer({ type: 'record', request: question.request, record });
        break;
      }
      case 'overview': {
        const overview = host.overview(question.index, question.db, question.entry);
        answer({ type: 'overview', request: question.request, overview });
        break;
      }
      case 'fork':
        this.run(host.fork(question.index).then((moved) => this.forked(host, question.request, answer, moved, from)));
        break;
      case 'take up':
        this.run(
          host.takeUp(question.branch).then((moved) => this.forked(host, question.request, answer, moved, from)),
        );
        break;
      case 'hide':
        if (log) this.run(log.flush());
        break;
    }
  }

  /** All pages see the same engine: when one of them takes it back, the others must know. */
  private forked(
    host: BrowserHost,
    request: number,
    answer: (message: WorkerToPage) => void,
    moved: boolean,
    from: string | null,
  ): void {
    answer(host.forked(request));
    if (!moved) return;
    this.reception?.tell(host.forked(0), from);
    if (from !== null) this.post(host.forked(0));
  }

  private attach(host: BrowserHost, port: MessagePort): void {
    this.ports.add(port);
    const client = host.connect({
      send: (bytes) => {
        const own = bytes.slice();
        port.postMessage(own, [own.buffer]);
      },
      close: () => {
        this.hangUp(port, 'the server closed the connection');
      },
    });
    port.onmessage = ({ data }: MessageEvent<PortMessage>) => {
      if (data instanceof Uint8Array) {
        host.receive(client, data);
      } else {
        this.ports.delete(port);
        host.disconnect(client);
      }
    };
  }

  private hangUp(port: MessagePort, why: string): void {
    if (!this.ports.delete(port)) return;
    port.postMessage({ closed: why } satisfies PortMessage);
    port.close();
  }

  // Being a guest.

  private follow(): void {
    const { shared } = this.parts;
    if (!shared) return;
    this.guest = new Guest(this.openChannel(shared), shared.tab, {
      tell: (message) => {
        this.post(message);
      },
      unanswered: (seconds) => {
        this.say(seconds === 0 ? { kind: 'guest' } : { kind: 'unanswered', seconds });
        if (seconds >= SEIZE_SECONDS) this.leadership?.seize();
      },
    });
    this.say({ kind: 'guest' });
    this.takeEarly();
  }

  private handOn(guest: Guest, request: Exclude<Request, { readonly type: 'take over' }>): void {
    if (request.type === 'connect') guest.connect(request.port);
    else if (request.type !== 'hide') guest.ask(request);
  }

  // Changing from one to the other.

  private leave(why: string): void {
    this.changes++;
    this.guest?.close(why);
    this.guest = null;
    this.reception?.close();
    this.reception = null;
    for (const port of [...this.ports]) this.hangUp(port, why);
    const { opened } = this;
    this.opened = null;
    opened?.host.close();
    if (opened?.log) this.run(opened.log.close());
  }

  private takeEarly(): void {
    const requests = this.early;
    this.early = [];
    for (const request of requests) this.take(request);
  }

  private openChannel(shared: Shared): Channel {
    return (this.channel ??= shared.channel());
  }

  private say(role: Role): void {
    if (role.kind === this.role && role.kind !== 'unanswered') return;
    this.role = role.kind;
    this.post({ type: 'role', role });
  }

  /** What fails here is a mistake of ours, and the page is told. */
  private run(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.post({ type: 'failed', why: inWords(error) });
    });
  }
}
