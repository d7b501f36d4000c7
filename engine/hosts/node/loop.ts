import type { Engine } from '../../api.ts';
import type { WallClock } from './wall-clock.ts';

/**
 * Node's event loop as the engine's turns. Whatever arrives in one round of polling, on however many connections, is one
 * turn: one look at the clock, one write to the log, one write to each connection that has a reply.
 */
export class Loop {
  private readonly engine: Engine;
  private readonly clock: WallClock;
  private readonly afterPolling = (): void => {
    this.isTurning = false;
    this.engine.endTurn();
  };
  private isTurning = false;
  private ticker: NodeJS.Timeout | null = null;

  constructor(engine: Engine, clock: WallClock) {
    this.engine = engine;
    this.clock = clock;
  }

  /** Something has arrived; the turn ends by itself once everything else that is there has been taken in. */
  turn(): void {
    if (this.isTurning) return;
    this.isTurning = true;
    this.engine.setTime(this.clock.nowMs());
    setImmediate(this.afterPolling);
  }

  /** Lets the engine do its regular work. */
  start(afterTick: () => void): void {
    const { config } = this.engine;
    const keepTime = (): void => {
      this.stop();
      this.ticker = setInterval(
        () => {
          this.engine.tick(this.clock.nowMs());
          afterTick();
        },
        1000 / config.number('hz'),
      );
    };
    keepTime();
    config.onChange((name) => {
      if (name === 'hz' && this.ticker !== null) keepTime();
    });
  }

  stop(): void {
    if (this.ticker !== null) clearInterval(this.ticker);
    this.ticker = null;
  }
}
