import { Recorder } from '../../api.ts';
import { ExhibitEngine } from '../../museum/exhibit-engine.ts';
import type { Connection } from '../../host.ts';
import { wallClock } from './clock.ts';
import type { Post } from './feed.ts';
import type { Wire } from './player.ts';
import type { KeyRecord, LoadReport, WorkerOptions } from './protocol.ts';

/**
 * An exhibit of the museum at work in the worker. It stands where a `BrowserHost` stands, without what an exhibit does not
 * have: nothing happens by time, nothing is kept, and a lesson's few commands need neither limits nor a way back.
 */
export class ExhibitHost {
  private readonly post: Post;
  private readonly now = wallClock();
  private readonly recorder = new Recorder();
  private readonly engine: ExhibitEngine;
  private readonly clients = new Map<number, Connection>();
  private lastClient = 0;

  constructor(options: WorkerOptions, exhibit: string, post: Post) {
    this.post = post;
    const { recorder } = this;
    this.engine = new ExhibitEngine({ exhibit, hashName: options.hashName, nowMs: this.now(), recorder });
  }

  ready(loaded: LoadReport): void {
    const { engine } = this;
    this.post({ type: 'ready', loaded, nextIndex: engine.causeIndex, models: engine.snapshot(), overview: null });
  }

  connect(wire: Wire): number {
    const client = ++this.lastClient;
    this.clients.set(client, this.engine.connect(wire.send));
    return client;
  }

  receive(client: number, bytes: Uint8Array): void {
    this.engine.setTime(this.now());
    this.clients.get(client)?.receive(bytes);
    this.engine.endTurn();
    if (this.recorder.isEmpty) return;
    const words = this.recorder.take();
    this.post({ type: 'steps', words }, [words.buffer]);
  }

  disconnect(client: number): void {
    this.clients.get(client)?.close();
    this.clients.delete(client);
  }

  /** An exhibit's cells are no records of a keyspace. */
  inspect(): KeyRecord | null {
    return null;
  }

  close(): void {
    this.clients.clear();
  }
}
