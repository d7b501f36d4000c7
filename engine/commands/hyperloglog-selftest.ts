import { Arena, type Ref } from '../memory/arena.ts';
import { ascii } from '../memory/bytes.ts';
import { DynamicStrings } from '../structures/dynamic-string.ts';
import { REGISTERS, denseRegister, estimate, packDense } from '../structures/hyperloglog-registers.ts';
import { HyperLogLogs } from '../structures/hyperloglog.ts';

const ELEMENTS = 100_000;
/** Five times the standard error: with the fixed elements below it either always holds or never. */
const MOST_ERROR = (5 * 1.04) / Math.sqrt(REGISTERS);

/** Tries sketches in a memory of their own. `null`, or what is wrong with them. */
export function selfTest(): string | null {
  return wrongRegisters() ?? wrongEstimates();
}

function wrongRegisters(): string | null {
  const registers = Uint8Array.from({ length: REGISTERS }, (_, i) => (i * 37) & 63);
  const packed = packDense(registers);
  for (let i = 0; i < REGISTERS; i++) {
    const found = denseRegister(packed, 0, i);
    if (found !== registers[i]) return `Register ${i} should be ${registers[i]} but is ${found}`;
  }
  return null;
}

function wrongEstimates(): string | null {
  const strings = new DynamicStrings(new Arena(), 0, null);
  const sketches = new HyperLogLogs(strings, 0, null, () => 3000);
  let sparse: Ref = sketches.create();
  let dense: Ref = sketches.toDense(sketches.create());
  for (let count = 1, next = 1; count <= ELEMENTS; count++) {
    const element = ascii(`element:${count}`);
    sparse = sketches.add(sparse, element, 0, element.length);
    dense = sketches.add(dense, element, 0, element.length);
    if (count < next) continue;
    next *= 10;
    const [packed, plain] = [new Uint8Array(REGISTERS), new Uint8Array(REGISTERS)];
    sketches.mergeInto(packed, sparse);
    sketches.mergeInto(plain, dense);
    if (packed.some((register, i) => register !== plain[i])) return 'dense/sparse disagree';
    const error = Math.abs(estimate(plain) - count) / count;
    if (error > MOST_ERROR) return `Too big error. card:${count} error:${error}`;
  }
  return null;
}
