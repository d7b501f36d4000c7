import { Recorder } from '../../api.ts';
import { ExhibitEngine } from '../../museum/exhibit-engine.ts';
import { wallClock } from './clock.ts';
import type { Post } from './feed.ts';
import type { PortMessage, WorkerOptions } from './protocol.ts';
import type { Request } from './tab.ts';

/**
 * A tab's worker with an exhibit of the museum in it. It stands where a `Tab` stands, without what an exhibit does not
 * have: no other tab sees it, nothing is kept, nothing happens by time alone, and its few commands need no way back.
 */
export class ExhibitTab {
  private readonly post: Post;
  private readonly now = wallClock();
  private readonly recorder = new Recorder();
  private readonly engine: ExhibitEngine;

  constructor(options: WorkerOptions, exhibit: string, post: Post) {
    this.post = post;
    const { recorder } = this;
    this.engine = new ExhibitEngine({ exhibit, hashName: options.hashName, nowMs: this.now(), recorder });
  }

  start(): Promise<void> {
    const { engine } = this;
    const loaded = { commands: 0, bytes: 0, milliseconds: 0, tornBytes: 0 };
    this.post({ type: 'ready', loaded, nextIndex: engine.causeIndex, models: engine.snapshot(), overview: null });
    this.post({ type: 'save', state: { kind: 'memory', why: 'this is an exhibit' } });
    return Promise.resolve();
  }

  take(request: Request): void {
    switch (request.type) {
      case 'connect':
        this.attach(request.port);
        break;
      case 'frame':
        this.post({ type: 'frame', request: request.request, frame: null });
        break;
      case 'inspect':
        this.post({ type: 'record', request: request.request, record: null });
        break;
      case 'overview':
        this.post({ type: 'overview', request: request.request, overview: null });
        break;
      case 'hide':
        break;
      default:
        throw new Error(`an exhibit knows no '${request.type}'`);
    }
  }

  private attach(port: MessagePort): void {
    const connection = this.engine.connect((bytes) => {
      const own = bytes.slice();
      port.postMessage(own, [own.buffer]);
    });
    port.onmessage = ({ data }: MessageEvent<PortMessage>) => {
      if (data instanceof Uint8Array) this.receive(connection, data);
      else connection.close();
    };
  }

  private receive(connection: { receive(bytes: Uint8Array): void }, bytes: Uint8Array): void {
    this.engine.setTime(this.now());
    connection.receive(bytes);
    this.engine.endTurn();
    if (this.recorder.isEmpty) return;
    const words = this.recorder.take();
    this.post({ type: 'steps', words }, [words.buffer]);
  }
}
