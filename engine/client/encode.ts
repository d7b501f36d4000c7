import { ascii, utf8Encode } from '../memory/bytes.ts';

/** A command as every Redis client sends it: an array of bulk strings. Text becomes UTF-8; bytes stay what they are. */
export function encodeCommand(argv: readonly (string | Uint8Array)[]): Uint8Array {
  const parts = [ascii(`*${argv.length}\r\n`)];
  for (const argument of argv) {
    const bytes = typeof argument === 'string' ? utf8Encode(argument) : argument;
    parts.push(ascii(`$${bytes.length}\r\n`), bytes, LINE_END);
  }
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const LINE_END = ascii('\r\n');
