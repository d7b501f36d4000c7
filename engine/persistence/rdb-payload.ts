/**
 * What `DUMP` gives and `RESTORE` takes: a value, and behind it what tells that it arrived as it was sent.
 *
 * ```
 *   │ type, 1 │ value … │ version, 2 │ checksum of all before it, 8 │
 * ```
 */
import type { Keyspace } from '../keyspace/keyspace.ts';
import { CRC_BYTES, holdsCrc64, writeCrc64 } from './crc64.ts';
import { RDB_VERSION, RdbDamage } from './rdb-format.ts';
import { loadValue, type LoadedValue } from './rdb-load.ts';
import { RdbReader } from './rdb-reader.ts';
import { rdbTypeOf, saveValue } from './rdb-save.ts';
import { RdbWriter } from './rdb-writer.ts';

const VERSION_BYTES = 2;
const FOOTER_BYTES = VERSION_BYTES + CRC_BYTES;

/** How values are written. */
export interface SaveOptions {
  /** Whether longer strings are compressed: the setting `rdbcompression`. */
  readonly compresses: boolean;
}

export function dumpPayload(
  keyspace: Keyspace,
  type: number,
  encoding: number,
  value: number,
  { compresses }: SaveOptions,
): Uint8Array {
  const writer = new RdbWriter(compresses);
  writer.byte(rdbTypeOf(type, encoding));
  saveValue(writer, keyspace, type, encoding, value);
  writer.byte(RDB_VERSION);
  writer.byte(0);
  writer.reserve(CRC_BYTES);
  writeCrc64(writer.bytes, 0, writer.length, writer.bytes, writer.length);
  writer.length += CRC_BYTES;
  return writer.finish();
}

/** How many bytes a value takes in a dump, without what stands before and behind it. */
export function savedBytes(
  keyspace: Keyspace,
  type: number,
  encoding: number,
  value: number,
  { compresses }: SaveOptions,
): number {
  const writer = new RdbWriter(compresses);
  saveValue(writer, keyspace, type, encoding, value);
  return writer.length;
}

/** Whether a payload is of a version that can be read, and arrived as it was sent. */
export function isWholePayload(bytes: Uint8Array, start: number, end: number, checksChecksum: boolean): boolean {
  if (end - start < FOOTER_BYTES) return false;
  const footer = end - FOOTER_BYTES;
  if ((bytes[footer] | (bytes[footer + 1] << 8)) > RDB_VERSION) return false;
  return !checksChecksum || holdsCrc64(bytes, start, end - CRC_BYTES, end - CRC_BYTES);
}

/** The value of a payload, beside all keys; `null` where the bytes make none. */
export function restorePayload(keyspace: Keyspace, bytes: Uint8Array, start: number, end: number): LoadedValue | null {
  // As in Redis the footer is not told apart: a value that is cut short may read on into it.
  const reader = new RdbReader(bytes, start, end);
  try {
    return loadValue(reader, keyspace, reader.byte());
  } catch (error) {
    if (error instanceof RdbDamage) return null;
    throw error;
  }
}
