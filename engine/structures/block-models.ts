/** Models of things that are a single block each and may be many: every one by the ref at which it lies. */

interface BlockModel {
  readonly ref: number;
  readonly capacity: number;
}

type Blocks<Block extends BlockModel> = ReadonlyMap<number, Block>;

/** With one of them changed, or copied: what becomes of it is put under the ref that it then has. */
export function changed<Block extends BlockModel>(
  model: Blocks<Block>,
  ref: number,
  change: (block: Block) => Block,
): Blocks<Block> {
  const before = model.get(ref);
  if (!before) return model;
  const after = change(before);
  return new Map(model).set(after.ref, after);
}

/** With one of them gone. */
export function released<Block extends BlockModel>(model: Blocks<Block>, ref: number): Blocks<Block> {
  const others = new Map(model);
  others.delete(ref);
  return others;
}

/** With one of them moved to a block of another size. */
export function resized<Block extends BlockModel>(
  model: Blocks<Block>,
  { from, to, capacity }: { readonly from: number; readonly to: number; readonly capacity: number },
): Blocks<Block> {
  const moved = new Map(changed(model, from, (block) => ({ ...block, ref: to, capacity })));
  moved.delete(from);
  return moved;
}
