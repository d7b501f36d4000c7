import { PREVIEW_BYTES, type KindSpec, type ProbeOf, type StepKinds } from './steps.ts';

/** A cause whose steps take more words than this loses them all, and is marked `lost`. */
export const CAUSE_WORDS = 1 << 15;

/** So many words may wait to be taken. Past that, whole causes are dropped, and the gap is marked. */
const WAITING_WORDS = 1 << 22;

/** Room for the bytes of a step, which is always left behind its other fields, so that nobody has to look twice. */
const BYTES_WORDS = 1 + PREVIEW_BYTES / 4;
/** So much is kept from one `take` to the next. */
const KEEP_WORDS = 1 << 18;
const FIRST_WORDS = 4096;

const double = new Float64Array(1);
const doubleWords = new Int32Array(double.buffer);

/**
 * Packs steps into integers as they happen. One recorder serves all structures of an engine, so that their steps keep
 * the order in which they happened. A step costs a few stores and no object, which is why the film can run always.
 */
export class Recorder {
  private words = new Int32Array(FIRST_WORDS);
  private length = 0;
  /** Where the steps of the present cause begin, behind its own mark. */
  private causeStart = 0;
  /** Up to here a step may reach without a further look; -1 while the steps of a cause are being lost. */
  private limit = FIRST_WORDS - BYTES_WORDS;
  private isLost = false;
  private hasGaps = false;
  private muted = false;

  /** Everything since the last `take`, causes and their steps in their order. */
  take(): Int32Array<ArrayBuffer> {
    const words = this.words.slice(0, this.length);
    this.drop();
    return words;
  }

  /** Forgets what waits to be taken. */
  drop(): void {
    this.length = 0;
    this.hasGaps = false;
    if (this.words.length > KEEP_WORDS) this.words = new Int32Array(FIRST_WORDS);
    this.startCause();
  }

  /** Whether steps are missing from what waits to be taken. */
  get hasLost(): boolean {
    return this.hasGaps;
  }

  /**
   * While nobody listens anyway, every cause counts as lost, and a step costs one comparison. The causes keep their
   * numbers.
   */
  get isMuted(): boolean {
    return this.muted;
  }

  set isMuted(muted: boolean) {
    this.muted = muted;
    this.begin();
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  /** Where the next step will stand; `rewind` to it takes back what came since. */
  get position(): number {
    return this.length;
  }

  rewind(position: number): void {
    this.length = position;
    this.startCause();
  }

  /** Called right after a cause was announced: from here on its steps count. */
  begin(): void {
    this.isLost = false;
    this.startCause();
  }

  /** Whether the steps of the present cause were dropped; asked once, when it is over. */
  end(): boolean {
    const lost = this.isLost;
    this.isLost = false;
    this.startCause();
    return lost;
  }

  /** The probe through which the structures of one kind speak. */
  probe<Spec extends StepKinds>(spec: Spec): ProbeOf<Spec> {
    const methods: Record<string, unknown> = {};
    for (const [kind, shape] of Object.entries(spec.kinds)) methods[kind] = this.method(spec.codes[kind], shape);
    return methods as ProbeOf<Spec>;
  }

  /**
   * One closure for each shape a step has, with its arguments spelled out: rest parameters would allocate an array for
   * every step. In a shape `i` is an integer, `t` a double and `b` bytes.
   */
  private method(code: number, kind: KindSpec): unknown {
    const shape = kind.fields.map((field) => ({ ms: 't', bytes: 'b' })[field.split(':')[1]] ?? 'i').join('');
    return this.plainMethod(code, shape) ?? this.methodWithBytes(code, shape) ?? this.methodWithTime(code, shape);
  }

  private plainMethod(code: number, shape: string): unknown {
    switch (shape) {
      case '':
        return (id: number) => {
          this.head(code, id, 0);
        };
      case 'i':
        return (id: number, a: number) => {
          const at = this.head(code, id, 1);
          if (at > 0) this.words[at] = a;
        };
      case 'ii':
        return (id: number, a: number, b: number) => {
          const at = this.head(code, id, 2);
          if (at > 0) this.put2(at, a, b);
        };
      case 'iii':
        return (id: number, a: number, b: number, c: number) => {
          const at = this.head(code, id, 3);
          if (at > 0) this.put3(at, a, b, c);
        };
      case 'iiii':
        return (id: number, a: number, b: number, c: number, d: number) => {
          const at = this.head(code, id, 4);
          if (at < 0) return;
          this.put3(at, a, b, c);
          this.words[at + 3] = d;
        };
      case 'iiiii':
        return (id: number, a: number, b: number, c: number, d: number, e: number) => {
          const at = this.head(code, id, 5);
          if (at < 0) return;
          this.put3(at, a, b, c);
          this.put2(at + 3, d, e);
        };
      default:
        return null;
    }
  }

  private methodWithBytes(code: number, shape: string): unknown {
    switch (shape) {
      case 'ib':
        return (id: number, a: number, bytes: Uint8Array, start: number, end: number) => {
          const at = this.head(code, id, 1);
          if (at < 0) return;
          this.words[at] = a;
          this.putBytes(bytes, start, end);
        };
      case 'iib':
        return (id: number, a: number, b: number, bytes: Uint8Array, start: number, end: number) => {
          const at = this.head(code, id, 2);
          if (at < 0) return;
          this.put2(at, a, b);
          this.putBytes(bytes, start, end);
        };
      case 'iiib':
        return (id: number, a: number, b: number, c: number, bytes: Uint8Array, start: number, end: number) => {
          const at = this.head(code, id, 3);
          if (at < 0) return;
          this.put3(at, a, b, c);
          this.putBytes(bytes, start, end);
        };
      case 'iiiiib':
        return (
          ...[id, a, b, c, d, e, bytes, start, end]: [
            number,
            number,
            number,
            number,
            number,
            number,
            Uint8Array,
            number,
            number,
          ]
        ) => {
          const at = this.head(code, id, 5);
          if (at < 0) return;
          this.put3(at, a, b, c);
          this.put2(at + 3, d, e);
          this.putBytes(bytes, start, end);
        };
      default:
        return null;
    }
  }

  private methodWithTime(code: number, shape: string): unknown {
    switch (shape) {
      case 't':
        return (id: number, time: number) => {
          const at = this.head(code, id, 2);
          if (at > 0) this.putDouble(at, time);
        };
      case 'tt':
        return (id: number, first: number, second: number) => {
          const at = this.head(code, id, 4);
          if (at < 0) return;
          this.putDouble(at, first);
          this.putDouble(at + 2, second);
        };
      case 'it':
        return (id: number, a: number, time: number) => {
          const at = this.head(code, id, 3);
          if (at < 0) return;
          this.words[at] = a;
          this.putDouble(at + 1, time);
        };
      case 'iit':
        return (id: number, a: number, b: number, time: number) => {
          const at = this.head(code, id, 4);
          if (at < 0) return;
          this.put2(at, a, b);
          this.putDouble(at + 2, time);
        };
      case 'itb':
        return (id: number, a: number, time: number, bytes: Uint8Array, start: number, end: number) => {
          const at = this.head(code, id, 3);
          if (at < 0) return;
          this.words[at] = a;
          this.putDouble(at + 1, time);
          this.putBytes(bytes, start, end);
        };
      case 'iiitb':
        return (
          id: number,
          a: number,
          b: number,
          c: number,
          time: number,
          bytes: Uint8Array,
          start: number,
          end: number,
        ) => {
          const at = this.head(code, id, 5);
          if (at < 0) return;
          this.put3(at, a, b, c);
          this.putDouble(at + 3, time);
          this.putBytes(bytes, start, end);
        };
      default:
        throw new Error(`no step has been of the shape '${shape}' before: it needs a method of its own`);
    }
  }

  // Storing.

  /** Begins a step with so many words of fields beside its bytes; returns where these go, or -1 when it is lost. */
  private head(code: number, id: number, fields: number): number {
    const at = this.length;
    const next = at + 2 + fields;
    if (next > this.limit && !this.makeRoom(next)) return -1;
    this.words[at] = code;
    this.words[at + 1] = id;
    this.length = next;
    return at + 2;
  }

  private put2(at: number, a: number, b: number): void {
    this.words[at] = a;
    this.words[at + 1] = b;
  }

  private put3(at: number, a: number, b: number, c: number): void {
    this.words[at] = a;
    this.words[at + 1] = b;
    this.words[at + 2] = c;
  }

  private putDouble(at: number, value: number): void {
    double[0] = value;
    this.words[at] = doubleWords[0];
    this.words[at + 1] = doubleWords[1];
  }

  /** At the end of a step, where there is always room for them. */
  private putBytes(bytes: Uint8Array, start: number, end: number): void {
    const { words } = this;
    let at = this.length;
    const length = end - start < PREVIEW_BYTES ? end - start : PREVIEW_BYTES;
    words[at++] = length;
    // Four at a time, because a store is what costs here.
    const last = start + (length & ~3);
    let from = start;
    for (; from < last; from += 4) {
      words[at++] = bytes[from] | (bytes[from + 1] << 8) | (bytes[from + 2] << 16) | (bytes[from + 3] << 24);
    }
    const rest = length & 3;
    if (rest > 0) {
      let word = bytes[from];
      if (rest > 1) word |= bytes[from + 1] << 8;
      if (rest > 2) word |= bytes[from + 2] << 16;
      words[at++] = word;
    }
    this.length = at;
  }

  // Room.

  private startCause(): void {
    this.causeStart = this.length;
    this.setLimit();
  }

  private setLimit(): void {
    const room = this.words.length - BYTES_WORDS;
    const cause = this.causeStart + CAUSE_WORDS - BYTES_WORDS;
    this.limit = this.isLost || this.muted ? -1 : cause < room ? cause : room;
  }

  /** Makes the memory reach to `next`, or loses the steps of the present cause. */
  private makeRoom(next: number): boolean {
    if (this.isLost) return false;
    if (this.muted || next + BYTES_WORDS > Math.min(this.causeStart + CAUSE_WORDS, WAITING_WORDS)) {
      this.isLost = true;
      this.hasGaps = true;
      this.length = this.causeStart;
      this.limit = -1;
      return false;
    }
    const larger = new Int32Array(this.words.length * 2);
    larger.set(this.words);
    this.words = larger;
    this.setLimit();
    return true;
  }
}
