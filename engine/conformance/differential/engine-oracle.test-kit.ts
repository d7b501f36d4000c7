/** A second engine in the place of the real server, so that the tester can be tested where there is none. */
import { EngineSide, type Link, type Oracle } from './sides.ts';

export class EngineOracle implements Oracle {
  private side = new EngineSide();
  private links: Link[] = [];

  connect(): Promise<Link> {
    const link = this.side.connect();
    this.links.push(link);
    return Promise.resolve(link);
  }

  news(): Promise<void> {
    return Promise.resolve();
  }

  barrier(): Promise<void> {
    this.side.tick();
    return Promise.resolve();
  }

  reset(): Promise<void> {
    for (const link of this.links) link.close();
    this.links = [];
    this.side = new EngineSide();
    return Promise.resolve();
  }
}
