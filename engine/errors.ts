/** The error texts of the protocol, once. Clients match on them, so they are Redis's to the letter. */
export const NOT_AN_INTEGER = 'ERR value is not an integer or out of range';
export const NOT_A_FLOAT = 'ERR value is not a valid float';
export const SYNTAX_ERROR = 'ERR syntax error';
export const NO_SUCH_KEY = 'ERR no such key';
export const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value';
export const INDEX_OUT_OF_RANGE = 'ERR DB index is out of range';
export const STRING_TOO_LONG = 'ERR string exceeds maximum allowed size (proto-max-bulk-len)';
export const NO_AUTH = 'NOAUTH Authentication required.';
export const OUT_OF_MEMORY = "OOM command not allowed when used memory > 'maxmemory'.";

/** Not the limit that was set: the system denies it. */
export const NO_MEMORY = 'OOM command not allowed: there is no more memory.';

export const OVERFLOW = 'ERR increment or decrement would overflow';
export const WRONG_PASSWORD = 'WRONGPASS invalid username-password pair or user is disabled.';
export const SAME_OBJECT = 'ERR source and destination objects are the same';

export function invalidExpireTime(command: string): string {
  return `ERR invalid expire time in '${command}' command`;
}

export function protectedCommand(command: string): string {
  return (
    `ERR ${command} command not allowed. If the enable-debug-command option is set to "local", you can run it from a local ` +
    'connection, otherwise you need to set this option in the configuration file, and then restart the server.'
  );
}

export function notWhileListening(command: string): string {
  return (
    `ERR Can't execute '${command}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this ` +
    'context'
  );
}

export function wrongArity(command: string): string {
  return `ERR wrong number of arguments for '${command}' command`;
}

/**
 * Thrown by whoever finds that a command cannot be done; the text becomes the error reply. It must be thrown before
 * anything was changed.
 */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
