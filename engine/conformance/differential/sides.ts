/** The two that are compared, seen alike: connections that take bytes and keep what has come. */
import { Engine, recordOf, type Connection } from '../../api.ts';
import { encodeCommand, fromBytes, toBytes } from '../quoting.ts';
import { INITIAL_SETTINGS } from './settings.ts';

/** One connection. What has come and nobody has taken lies in `received`, a character a byte. */
export interface Link {
  received: string;
  isClosed: boolean;
  send(bytes: string): void;
  close(): void;
}

/** A server whose replies take their time. */
export interface Oracle {
  connect(): Promise<Link>;
  /** Resolves when the link has received something, or has ended, or after so many milliseconds. */
  news(link: Link, patienceMs: number): Promise<void>;
  /** Resolves when all that was sent before has been done. */
  barrier(): Promise<void>;
  /** Ends every connection, and forgets all keys and settings. */
  reset(): Promise<void>;
}

/** What both are told before a session. Keys go when somebody looks at them, not at a moment of a server's own choice. */
export const BEGINNING: readonly (readonly string[])[] = [
  ['CONFIG', 'SET', ...INITIAL_SETTINGS],
  ['DEBUG', 'SET-ACTIVE-EXPIRE', '0'],
];

/** The engine in this process. Each send is a turn of its loop, and its clock is the machine's. */
export class EngineSide {
  readonly engine: Engine;
  private port = 40_000;

  constructor() {
    this.engine = new Engine({
      ...{ host: { seed: 1 }, nowMs: Date.now() },
      config: { 'enable-debug-command': 'yes' },
    });
    const control = this.connect();
    for (const line of BEGINNING) control.send(encodeCommand(line));
    control.close();
  }

  connect(): Link {
    const { engine } = this;
    const turn = (work: (connection: Connection) => void): void => {
      // Whose time is up has stopped waiting before anybody else is heard.
      if (engine.isAnyWaitOver(Date.now())) engine.tick(Date.now());
      engine.setTime(Date.now());
      work(connection);
      engine.endTurn();
    };
    const link: Link = {
      received: '',
      isClosed: false,
      send: (bytes) => {
        turn(() => {
          connection.receive(toBytes(bytes));
        });
      },
      close: () => {
        turn(() => {
          connection.close();
        });
      },
    };
    const connection = engine.connect((bytes) => void (link.received += fromBytes(bytes)), {
      address: `127.0.0.1:${this.port++}`,
      localAddress: '127.0.0.1:6379',
      close: () => (link.isClosed = true),
    });
    return link;
  }

  /** What a host does when time has passed. */
  tick(): void {
    this.engine.tick(Date.now());
  }

  /** Whether any database keeps one of these keys in a table whose order shows. */
  isTable(keys: readonly string[]): boolean {
    const { keyspace } = this.engine;
    return keys.some((key) =>
      keyspace.databases.some((db) => {
        const encoding = recordOf(keyspace, db.index, toBytes(key))?.encoding;
        return encoding === 'hashtable' || encoding === 'skiplist';
      }),
    );
  }

  /** The keys of every database, with their types and in an order of their own. */
  keys(): { readonly db: number; readonly key: string; readonly type: string }[] {
    const { keyspace } = this.engine;
    return keyspace.databases.flatMap((db) => {
      const keys: string[] = [];
      db.keys.forEach((entry) => void keys.push(fromBytes(db.keys.keyCopy(entry))));
      return keys.sort().map((key) => ({
        ...{ db: db.index, key },
        type: recordOf(keyspace, db.index, toBytes(key))?.type ?? 'none',
      }));
    });
  }
}
