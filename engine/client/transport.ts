/**
 * The two ends of a byte stream, as a client sees it. A worker's port, a socket and a test's fake all look like this.
 *
 * `onbytes` may receive a view that is valid during the call only: whoever listens copies what it keeps.
 * `onclose` is called at most once, when the other end or the stream itself has gone; not after the own `close()`.
 */
export interface Transport {
  send(bytes: Uint8Array): void;
  onbytes: ((bytes: Uint8Array) => void) | null;
  onclose: ((why: string) => void) | null;
  close(): void;
}
