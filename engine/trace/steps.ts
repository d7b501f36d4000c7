/**
 * What a structure may say while it works. A structure declares its step kinds once, in its `NAME.steps.ts`:
 *
 *     const kinds = declareSteps('heap', { compare: observe('a', 'b'), swap: mutate('a', 'b') });
 *
 * From that one declaration come the type of a decoded step (`StepOf`), the probe a structure calls (`ProbeOf`), the
 * packing into integers (`Recorder`) and the unpacking (`decodeSteps`).
 *
 * A field is a name with an optional suffix: none for a 32-bit integer, `:ms` for a number that needs a double,
 * `:bytes` for a run of bytes, which must come last and of which at most `PREVIEW_BYTES` are kept.
 */

export const PREVIEW_BYTES = 64;

export interface KindSpec<Fields extends readonly string[] = readonly string[]> {
  readonly mutates: boolean;
  readonly fields: Fields;
}

/** A step that looks and changes nothing: it can be left out without the picture becoming wrong. */
export function observe<const Fields extends readonly string[]>(...fields: Fields): KindSpec<Fields> {
  return { mutates: false, fields };
}

/** A step that changes the structure: leave one out and the fold no longer equals the snapshot. */
export function mutate<const Fields extends readonly string[]>(...fields: Fields): KindSpec<Fields> {
  return { mutates: true, fields };
}

export interface StepKinds<
  Name extends string = string,
  Kinds extends Record<string, KindSpec> = Record<string, KindSpec>,
> {
  readonly structure: Name;
  readonly kinds: Kinds;
  /** The number each kind is packed as, unique over all structures: `base + position`. */
  readonly codes: { readonly [Kind in keyof Kinds]: number };
}

type FieldName<Field extends string> = Field extends `${infer Name}:${string}` ? Name : Field;
type FieldValue<Field extends string> = Field extends `${string}:bytes` ? Uint8Array : number;
type Arguments<Fields extends readonly string[]> = Fields extends readonly [
  infer First extends string,
  ...infer Rest extends readonly string[],
]
  ? First extends `${string}:bytes`
    ? [bytes: Uint8Array, start: number, end: number]
    : [number, ...Arguments<Rest>]
  : [];

/** The union of decoded steps, told apart by `kind`. */
export type StepOf<Spec> =
  Spec extends StepKinds<infer Name, infer Kinds>
    ? {
        [Kind in keyof Kinds & string]: { readonly structure: Name; readonly kind: Kind; readonly id: number } & {
          readonly [Field in Kinds[Kind]['fields'][number] as FieldName<Field>]: FieldValue<Field>;
        };
      }[keyof Kinds & string]
    : never;

/** What a structure calls: one method a kind, first the structure's id, then the fields in their order. */
export type ProbeOf<Spec> =
  Spec extends StepKinds<string, infer Kinds>
    ? { readonly [Kind in keyof Kinds]: (id: number, ...fields: Arguments<Kinds[Kind]['fields']>) => void }
    : never;

/** A decoded step of any structure. */
export interface AnyStep {
  readonly structure: string;
  readonly kind: string;
  readonly id: number;
  readonly [field: string]: string | number | Uint8Array;
}

/** Room for 32 kinds a structure; the base is the structure's place in the house, fixed so that stored traces stay readable. */
const KINDS_EACH = 32;

const declared = new Map<
  number,
  { readonly structure: string; readonly kind: string; readonly fields: readonly string[] }
>();

export function declareSteps<const Name extends string, const Kinds extends Record<string, KindSpec>>(
  structure: Name,
  place: number,
  kinds: Kinds,
): StepKinds<Name, Kinds> {
  const codes: Record<string, number> = {};
  Object.keys(kinds).forEach((kind, position) => {
    const code = place * KINDS_EACH + position;
    const taken = declared.get(code);
    if (taken && taken.structure !== structure)
      throw new Error(`${structure} and ${taken.structure} both declare place ${place}`);
    codes[kind] = code;
    declared.set(code, { structure, kind, fields: kinds[kind].fields });
  });
  return { structure, kinds, codes: codes as { readonly [Kind in keyof Kinds]: number } };
}

/** Unpacks what a `Recorder` packed. Steps of structures whose declaration is not loaded are an error, never skipped. */
export function decodeSteps(words: Int32Array): AnyStep[] {
  const steps: AnyStep[] = [];
  const bytesOf = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  const doubles = new DataView(words.buffer, words.byteOffset, words.byteLength);
  let at = 0;
  while (at < words.length) {
    const spec = declared.get(words[at]);
    if (!spec) throw new Error(`no structure declares the step code ${words[at]} at word ${at}`);
    const step: Record<string, string | number | Uint8Array> = {
      structure: spec.structure,
      kind: spec.kind,
      id: words[at + 1],
    };
    at += 2;
    for (const field of spec.fields) {
      const [name, type] = field.split(':');
      if (type === 'bytes') {
        const length = words[at];
        step[name] = bytesOf.slice((at + 1) * 4, (at + 1) * 4 + length);
        at += 1 + ((length + 3) >> 2);
      } else if (type === 'ms') {
        step[name] = doubles.getFloat64(at * 4, true);
        at += 2;
      } else {
        step[name] = words[at++];
      }
    }
    steps.push(step as unknown as AnyStep);
  }
  return steps;
}
