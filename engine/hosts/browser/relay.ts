/**
 * How tabs talk to the one that holds the database, over a channel that all of them hear. Nothing is ever sent a second
 * time: whether a command ran that was under way when the other side fell silent, nobody can know, and that is what is said.
 */
import type { OpenHost } from './open-host.ts';
import type { PageToWorker, PortMessage, WorkerToPage } from './protocol.ts';

/** What a page asks, beside connections. */
export type Question = Exclude<PageToWorker, { readonly type: 'start' | 'connect' | 'take over' }>;

type ToHolder =
  /** `begin` tells one beginning of a guest from the next: said twice it is still one. */
  | { readonly kind: 'hello'; readonly begin: number }
  | { readonly kind: 'ping' }
  | { readonly kind: 'bye' }
  | { readonly kind: 'ask'; readonly question: Question }
  | { readonly kind: 'connect'; readonly client: number }
  | { readonly kind: 'bytes'; readonly client: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'close'; readonly client: number };

type ToGuest =
  | { readonly kind: 'tell'; readonly message: WorkerToPage }
  | { readonly kind: 'pong' }
  /** The holder does not know this tab, or is a new one: it must begin again. */
  | { readonly kind: 'stranger' }
  | { readonly kind: 'bytes'; readonly client: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'closed'; readonly client: number; readonly why: string };

type Letter =
  ({ readonly to: 'holder'; readonly from: string } & ToHolder) | ({ readonly to: 'guests' | (string & {}) } & ToGuest);

export type Channel = Pick<BroadcastChannel, 'postMessage' | 'close'> & {
  onmessage: ((event: MessageEvent) => void) | null;
};

interface GuestState {
  readonly begin: number;
  readonly clients: Map<number, number>;
  missed: number;
}

const PING_MS = 1000;
/** A guest that has not been heard of for so many pings has gone. */
const GUEST_PINGS = 10;

/** The holder's side: the guests' questions and clients become the host's own. */
export class Reception {
  private readonly channel: Channel;
  private readonly opened: OpenHost;
  private readonly ask: (question: Question, answer: (message: WorkerToPage) => void, from: string) => void;
  private readonly welcome: () => readonly WorkerToPage[];
  /** By tab, the host's number for each of the tab's clients, and how many pings it has missed. */
  private readonly guests = new Map<string, GuestState>();
  private readonly counting: ReturnType<typeof setInterval>;

  constructor(parts: {
    channel: Channel;
    opened: OpenHost;
    ask: (question: Question, answer: (message: WorkerToPage) => void, from: string) => void;
    welcome: () => readonly WorkerToPage[];
  }) {
    this.channel = parts.channel;
    this.opened = parts.opened;
    this.ask = parts.ask;
    this.welcome = parts.welcome;
    this.channel.onmessage = ({ data }: MessageEvent<Letter>) => {
      if (data.to === 'holder' && 'from' in data) this.take(data.from, data);
    };
    this.send('guests', { kind: 'stranger' });
    this.counting = setInterval(() => {
      for (const [guest, state] of this.guests) if (++state.missed > GUEST_PINGS) this.leave(guest);
    }, PING_MS);
  }

  /** What all pages are told, the guests are, too; but one, when it is told already. */
  tell(message: WorkerToPage, except: string | null = null): void {
    for (const guest of this.guests.keys()) if (guest !== except) this.send(guest, { kind: 'tell', message });
  }

  close(): void {
    clearInterval(this.counting);
    this.channel.onmessage = null;
    for (const guest of [...this.guests.keys()]) this.leave(guest);
  }

  private take(from: string, letter: ToHolder): void {
    const guest = this.guests.get(from);
    if (letter.kind === 'hello') {
      if (guest?.begin === letter.begin) return;
      this.leave(from);
      this.guests.set(from, { begin: letter.begin, clients: new Map(), missed: 0 });
      for (const message of this.welcome()) this.send(from, { kind: 'tell', message });
      return;
    }
    if (!guest) {
      if (letter.kind !== 'bye') this.send(from, { kind: 'stranger' });
      return;
    }
    guest.missed = 0;
    const { host } = this.opened;
    switch (letter.kind) {
      case 'ping':
        this.send(from, { kind: 'pong' });
        break;
      case 'bye':
        this.leave(from);
        break;
      case 'ask':
        this.ask(letter.question, (message) => this.send(from, { kind: 'tell', message }), from);
        break;
      case 'connect':
        guest.clients.set(letter.client, this.connect(from, letter.client));
        break;
      case 'bytes':
        host.receive(guest.clients.get(letter.client) ?? 0, letter.bytes);
        break;
      case 'close':
        host.disconnect(guest.clients.get(letter.client) ?? 0);
        guest.clients.delete(letter.client);
        break;
    }
  }

  private connect(guest: string, client: number): number {
    return this.opened.host.connect({
      send: (bytes) => {
        this.send(guest, { kind: 'bytes', client, bytes: bytes.slice() });
      },
      close: () => {
        this.send(guest, { kind: 'closed', client, why: 'the server closed the connection' });
      },
    });
  }

  private leave(guest: string): void {
    for (const client of this.guests.get(guest)?.clients.values() ?? []) this.opened.host.disconnect(client);
    this.guests.delete(guest);
  }

  private send(to: string, letter: ToGuest): void {
    this.channel.postMessage({ to, ...letter });
  }
}

export interface GuestEvents {
  tell(message: WorkerToPage): void;
  /** For so many seconds there was no answer; 0 when there is one again. */
  unanswered(seconds: number): void;
}

/** After so many seconds without an answer, connections are closed, so that nobody waits without a word. */
const HANG_UP_PINGS = 4;

/** A guest's side: hands everything on, and notices when nobody is there. */
export class Guest {
  private readonly channel: Channel;
  private readonly tab: string;
  private readonly events: GuestEvents;
  private readonly ports = new Map<number, MessagePort>();
  private readonly pinging: ReturnType<typeof setInterval>;
  private lastClient = 0;
  private missed = 0;
  private isWelcome = false;
  /** What waits for the welcome: a holder that is still reading its log hears nothing. */
  private early: ToHolder[] = [];
  private begin = 1;

  constructor(channel: Channel, tab: string, events: GuestEvents) {
    this.channel = channel;
    this.tab = tab;
    this.events = events;
    channel.onmessage = ({ data }: MessageEvent<Letter>) => {
      if (data.to === tab || data.to === 'guests') this.take(data as ToGuest);
    };
    this.greet();
    this.pinging = setInterval(() => {
      this.ping();
    }, PING_MS);
  }

  ask(question: Question): void {
    this.sendWhenWelcome({ kind: 'ask', question });
  }

  connect(port: MessagePort): void {
    const client = ++this.lastClient;
    this.ports.set(client, port);
    this.sendWhenWelcome({ kind: 'connect', client });
    port.onmessage = ({ data }: MessageEvent<PortMessage>) => {
      if (data instanceof Uint8Array) this.sendWhenWelcome({ kind: 'bytes', client, bytes: data });
      else if (this.ports.delete(client)) this.sendWhenWelcome({ kind: 'close', client });
    };
  }

  close(why: string): void {
    clearInterval(this.pinging);
    this.channel.onmessage = null;
    this.send({ kind: 'bye' });
    this.hangUpAll(why);
  }

  private ping(): void {
    if (this.missed > 0) this.events.unanswered(this.missed);
    if (this.missed === HANG_UP_PINGS) {
      this.hangUpAll('the tab that holds the database does not answer; a command without an answer may have run');
    }
    this.missed++;
    if (this.isWelcome) this.send({ kind: 'ping' });
    else this.greet();
  }

  private take(letter: ToGuest): void {
    if (this.missed > 1) this.events.unanswered(0);
    this.missed = 0;
    switch (letter.kind) {
      case 'tell':
        this.events.tell(letter.message);
        if (letter.message.type === 'ready') this.welcomed();
        break;
      case 'stranger':
        // What has not been sent to anybody yet can still be sent.
        if (this.isWelcome) {
          this.begin++;
          this.isWelcome = false;
          this.hangUpAll('another tab holds the database now; a command without an answer may have run');
        }
        this.greet();
        break;
      case 'bytes':
        this.ports.get(letter.client)?.postMessage(letter.bytes, [letter.bytes.buffer]);
        break;
      case 'closed':
        this.hangUp(letter.client, letter.why);
        break;
      case 'pong':
        break;
    }
  }

  private welcomed(): void {
    this.isWelcome = true;
    for (const letter of this.early.splice(0)) this.send(letter);
  }

  private sendWhenWelcome(letter: ToHolder): void {
    if (this.isWelcome) this.send(letter);
    else this.early.push(letter);
  }

  private greet(): void {
    this.send({ kind: 'hello', begin: this.begin });
  }

  private hangUpAll(why: string): void {
    this.early = this.early.filter(({ kind }) => kind === 'ask');
    for (const client of [...this.ports.keys()]) this.hangUp(client, why);
  }

  private hangUp(client: number, why: string): void {
    const port = this.ports.get(client);
    if (!port) return;
    this.ports.delete(client);
    port.postMessage({ closed: why } satisfies PortMessage);
    port.close();
  }

  private send(letter: ToHolder): void {
    this.channel.postMessage({ to: 'holder', from: this.tab, ...letter });
  }
}
