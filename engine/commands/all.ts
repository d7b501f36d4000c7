import type { Command } from './command.ts';
import { toCommand } from './derive.ts';
import { get, set } from './string-basic.ts';

/** Every command there is. */
export const COMMANDS: readonly Command[] = [get, set].map((spec) => toCommand(spec));
