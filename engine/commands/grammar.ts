/** The words that grammars of commands are written in. */
import type { Argument, ArgumentType, KeyFlag } from './contract.ts';

export function key(name: string, ...keyFlags: KeyFlag[]): Argument {
  return { name, type: 'key', keyFlags };
}

/** `token` is the word that stands before the value. */
function valued(type: ArgumentType): (name: string, token?: string) => Argument {
  return (name, token) => (token === undefined ? { name, type } : { name, type, token });
}

export const string = valued('string');
export const integer = valued('integer');
export const double = valued('double');
export const pattern = valued('pattern');
export const unixTime = valued('unix-time');

/** A word that stands for itself. */
export function word(token: string, name = token.toLowerCase()): Argument {
  return { name, type: 'pure-token', token };
}

export function oneOf(name: string, ...choices: Argument[]): Argument {
  return { name, type: 'oneof', arguments: choices };
}

export function block(name: string, ...parts: Argument[]): Argument {
  return { name, type: 'block', arguments: parts };
}

export function optional(argument: Argument): Argument {
  return { ...argument, optional: true };
}

export function multiple(argument: Argument): Argument {
  return { ...argument, multiple: true };
}

/** May stand several times, each time behind this word. */
export function multipleBehind(token: string, argument: Argument): Argument {
  return { ...argument, token, multiple: true, multipleToken: true };
}

/** A key that belongs to the one right before it. */
export function anotherKey(name: string): Argument {
  return { name, type: 'key', joinsKey: true };
}

/** No key, but in a cluster it lives where a key of that name would. */
export function shard(name: string): Argument {
  return { name, type: 'string', keyFlags: ['not_key'] };
}

/** A key, or the pattern of keys, of which only the handler can tell where it is. */
export function hiddenKey(argument: Argument, ...keyFlags: KeyFlag[]): Argument {
  return { ...argument, keyFlags, findKeys: 'unknown' };
}

/** The same, where `COMMAND INFO` speaks of it together with the hidden key before it. */
export function hiddenAsWell(argument: Argument): Argument {
  return { ...argument, keyFlags: [], findKeys: 'told' };
}

/** The same argument behind a word. */
export function behind(token: string, argument: Argument): Argument {
  return { ...argument, token };
}

export function since(version: string, argument: Argument): Argument {
  return { ...argument, since: version };
}

export function deprecated(version: string, argument: Argument): Argument {
  return { ...argument, deprecatedSince: version };
}
