import { isIP } from 'node:net';

export interface Address {
  readonly host: string;
  /** Written with a `-` before it: when this machine does not have it, the server does without. */
  readonly isOptional: boolean;
}

/** The addresses of the setting `bind`. */
export function addressesOf(bind: string): Address[] {
  const words = bind.split(/\s+/).filter((word) => word !== '');
  return words.map((word) => {
    const isOptional = word.startsWith('-');
    const name = isOptional ? word.slice(1) : word;
    const host = name === '*' ? '0.0.0.0' : name.replace(/^::\*$/, '::');
    return { host, isOptional };
  });
}

export function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\./.test(address) || address === '::1' || address === 'localhost';
}

/** How an address and a port are written in a URL. */
export function authority(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}
