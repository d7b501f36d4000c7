import { PREVIEW_BYTES, type KindSpec, type ProbeOf, type StepKinds } from './steps.ts';

/** A cause whose steps take more words than this loses them all, and is marked `lost`. */
export const CAUSE_WORDS = 1 << 15;

/** So many words may wait to be taken. Past that, whole causes are dropped, and the gap is marked. */
export const WAITING_WORDS = 1 << 22;

const double = new Float64Array(1);
const doubleWords = new Int32Array(double.buffer);

/**
 * Packs steps into integers as they happen. One recorder serves all structures of an engine, so that their steps keep
 * the order in which they happened. A step costs a few stores and no object, which is why the film can run always.
 */
export class Recorder {
  private words: Int32Array<ArrayBuffer> = new Int32Array(4096);
  private length = 0;
  /** Where the steps of the present cause begin, behind its own mark. */
  private causeStart = 0;
  private isLost = false;
  private hasGaps = false;

  /** Everything since the last `take`, causes and their steps in their order. */
  take(): Int32Array<ArrayBuffer> {
    const words = this.words.slice(0, this.length);
    this.drop();
    return words;
  }

  /** Forgets what waits to be taken. */
  drop(): void {
    this.length = 0;
    this.causeStart = 0;
    this.hasGaps = false;
  }

  /** Whether steps are missing from what waits to be taken. */
  get hasLost(): boolean {
    return this.hasGaps;
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
    this.causeStart = position;
  }

  /** Called right after a cause was announced: from here on its steps count. */
  begin(): void {
    this.causeStart = this.length;
    this.isLost = false;
  }

  /** Whether the steps of the present cause were dropped; asked once, when it is over. */
  end(): boolean {
    const lost = this.isLost;
    this.isLost = false;
    this.causeStart = this.length;
    return lost;
  }

  /** The probe through which the structures of one kind speak. */
  probe<Spec extends StepKinds>(spec: Spec): ProbeOf<Spec> {
    const methods: Record<string, unknown> = {};
    for (const [kind, shape] of Object.entries(spec.kinds)) methods[kind] = this.method(spec.codes[kind], shape);
    return methods as ProbeOf<Spec>;
  }

  private method(code: number, shape: KindSpec): unknown {
    const types = shape.fields.map((field) => field.split(':')[1]);
    if (types.some((type) => type !== undefined)) return this.mixedMethod(code, types);
    // A closure for each arity instead of rest parameters: rest parameters allocate an array for every step.
    switch (types.length) {
      case 0:
        return (id: number) => {
          this.store(2, code, id, 0, 0, 0, 0);
        };
      case 1:
        return (id: number, a: number) => {
          this.store(3, code, id, a, 0, 0, 0);
        };
      case 2:
        return (id: number, a: number, b: number) => {
          this.store(4, code, id, a, b, 0, 0);
        };
      case 3:
        return (id: number, a: number, b: number, c: number) => {
          this.store(5, code, id, a, b, c, 0);
        };
      case 4:
        return (id: number, a: number, b: number, c: number, d: number) => {
          this.store(6, code, id, a, b, c, d);
        };
      default:
        throw new Error('a step has at most four plain fields');
    }
  }

  private store(count: number, code: number, id: number, a: number, b: number, c: number, d: number): void {
    const at = this.reserve(count);
    if (at < 0) return;
    const words = this.words;
    words[at] = code;
    words[at + 1] = id;
    if (count > 2) words[at + 2] = a;
    if (count > 3) words[at + 3] = b;
    if (count > 4) words[at + 4] = c;
    if (count > 5) words[at + 5] = d;
  }

  /** Kinds with a double or bytes among their fields. */
  private mixedMethod(code: number, types: readonly (string | undefined)[]): unknown {
    const doubles = types.filter((type) => type === 'ms').length;
    const withBytes = types.at(-1) === 'bytes';
    const plain = types.length - doubles - (withBytes ? 1 : 0);
    return (id: number, ...fields: [...number[]] | [...number[], Uint8Array, number, number]) => {
      const end = withBytes ? (fields[fields.length - 1] as number) : 0;
      const start = withBytes ? (fields[fields.length - 2] as number) : 0;
      const length = Math.min(end - start, PREVIEW_BYTES);
      let at = this.reserve(2 + plain + 2 * doubles + (withBytes ? 1 + ((length + 3) >> 2) : 0));
      if (at < 0) return;
      const words = this.words;
      words[at++] = code;
      words[at++] = id;
      for (let i = 0; i < plain + doubles; i++) {
        if (types[i] === 'ms') {
          double[0] = fields[i] as number;
          words[at++] = doubleWords[0];
          words[at++] = doubleWords[1];
        } else {
          words[at++] = fields[i] as number;
        }
      }
      if (withBytes) this.storeBytes(at, fields[plain + doubles] as Uint8Array, start, length);
    };
  }

  private storeBytes(at: number, bytes: Uint8Array, start: number, length: number): void {
    this.words[at] = length;
    let word = 0;
    for (let i = 0; i < length; i++) {
      word |= bytes[start + i] << ((i & 3) << 3);
      if ((i & 3) === 3 || i === length - 1) {
        this.words[at + 1 + (i >> 2)] = word;
        word = 0;
      }
    }
  }

  private reserve(count: number): number {
    if (this.isLost) return -1;
    const at = this.length;
    if (at + count - this.causeStart > CAUSE_WORDS || at + count > WAITING_WORDS) {
      this.isLost = true;
      this.hasGaps = true;
      this.length = this.causeStart;
      return -1;
    }
    if (at + count > this.words.length) this.grow();
    this.length = at + count;
    return at;
  }

  private grow(): void {
    const larger = new Int32Array(this.words.length * 2);
    larger.set(this.words);
    this.words = larger;
  }
}
