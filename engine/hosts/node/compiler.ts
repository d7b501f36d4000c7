import { setFlagsFromString } from 'node:v8';

/**
 * The way of a command through the engine is many small functions. V8 puts them into one another until a budget is used
 * up, which is sized for the start of a page and ends halfway: with a larger one a server runs a sixth more commands a
 * second. To be called before anything is compiled. See `docs/decisions/0024`.
 */
export function inlineMore(): void {
  setFlagsFromString('--max-inlined-bytecode-size=1500');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=4000');
}
