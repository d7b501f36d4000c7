import { Chance } from '../../chance.ts';

/** Choices that the seed alone decides. */
export class Random {
  private readonly chance: Chance;

  constructor(seed: number) {
    this.chance = new Chance(seed);
  }

  below(limit: number): number {
    return Math.floor(((this.chance.next() >>> 0) / 2 ** 32) * limit);
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)];
  }

  /** True so often out of a hundred times. */
  percent(often: number): boolean {
    return this.below(10_000) < often * 100;
  }
}
