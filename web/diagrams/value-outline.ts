/** A value as a list: the same elements as in its picture, in their own order, for the keyboard and for the ear. */
import type { Models } from '../../engine/models.ts';
import type { CompressedBlockModel } from '../../engine/structures/compressed.steps.ts';
import type { NodeModel } from '../../engine/structures/avl-tree.steps.ts';
import { counted } from './arranging.ts';
import type { Focus, Outline, OutlineRow } from './contract.ts';
import { tableOutline } from './table-outline.ts';
import { elementsOf, nouns } from './pack.ts';
import { blockOf, packOf } from './quicklist.ts';
import type { Target } from './scene.ts';
import { inOrder } from './skip-list.ts';
import { scoreText, textOf, type ValueView } from './value-at.ts';

/** A list longer than this helps nobody. */
const MOST = 600;

const part = (name: string): Target => ({ kind: 'part', name });

export function outlineOf(models: Models, view: ValueView | null, name: string, focus: Focus, lens: string): Outline {
  const of = name === '' ? 'The value' : `The value of ${name}`;
  switch (view?.kind) {
    case 'listpack': {
      const rows = elementsOf(view.pack, 'value', view.holds);
      if (view.holds === 'elements')
        return { label: `${of}: up and down along its elements`, rows: rows.map(({ key, text }) => row(key, text)) };
      const [first, second] = nouns(view);
      return {
        label: `${of}. Up and down: from ${first} to ${first}; right: its ${second}`,
        rows: rows.flatMap(({ at, key, text }): OutlineRow[] => {
          if (at % 2 === 1) return [];
          const other = rows[at + 1];
          const entries = other ? [{ target: part(other.key), name: other.text }] : [];
          return [{ target: part(key), name: text, entries }];
        }),
      };
    }
    case 'compressed':
      return { label: of, rows: [row(`packed/${view.block.ref}`, compressedWords(view.block))] };
    case 'intset':
      return {
        label: `${of}: its integers in ascending order`,
        rows: view.set.values.map((value) => row(`value/int/${value}`, value)),
      };
    case 'quicklist':
      return {
        label: `${of}. Up and down: from node to node; right and left: along its elements`,
        rows: nodeRows(models, view, focus),
      };
    case 'table':
      return tableOutline(view.table, (entry) => textOf(entry.key, entry.keyLength), of);
    case 'sorted':
      if (lens === 'members') return tableOutline(view.table, (entry) => textOf(entry.key, entry.keyLength), of);
      return { label: `${of}: its members in the order of their scores`, rows: sortedRows(view.index).slice(0, MOST) };
    default:
      return { label: of, rows: [] };
  }
}

function row(key: string, name: string): OutlineRow {
  return { target: part(key), name, entries: [] };
}

function compressedWords({ before, after }: CompressedBlockModel): string {
  return `${counted(before, 'byte')} compressed into ${after.toLocaleString('en')}`;
}

function nodeRows(models: Models, view: Extract<ValueView, { kind: 'quicklist' }>, focus: Focus): OutlineRow[] {
  const seen = new Map<string, number>();
  return view.list.nodes.nodes.slice(0, MOST).map((node, at) => {
    const pack = packOf(models, node, focus);
    const block = blockOf(models, node);
    if (block) {
      const name = `Node ${at}, ${counted(node.payload[1] ?? 0, 'element')}, ${compressedWords(block)}`;
      return { target: part(`node/${node.ref}`), name, entries: [] };
    }
    const elements = pack ? elementsOf(pack, 'value', 'elements', seen) : [];
    return {
      target: part(`node/${node.ref}`),
      name: `Node ${at}, ${counted(elements.length, 'element')}`,
      entries: elements.slice(0, MOST).map(({ key, text }) => ({ target: part(key), name: text })),
    };
  });
}

function sortedRows(index: Extract<ValueView, { kind: 'sorted' }>['index']): OutlineRow[] {
  if (index.kind === 'skip-list')
    return inOrder(index, []).order.flatMap((ref): OutlineRow[] => {
      const tower = index.towers.get(ref);
      if (!tower) return [];
      return [
        row(
          `tower/${ref}`,
          `${textOf(tower.member, tower.length)}, score ${scoreText(tower.score)}, ${counted(tower.links.length, 'level')}`,
        ),
      ];
    });
  const rows: OutlineRow[] = [];
  const visit = (node: NodeModel | undefined, depth: number): void => {
    if (!node || rows.length >= MOST) return;
    visit(index.nodes.get(node.left), depth + 1);
    rows.push(
      row(
        `tower/${node.ref}`,
        `${textOf(node.member, node.length)}, score ${scoreText(node.score)}, ${counted(depth, 'level')} below the root`,
      ),
    );
    visit(index.nodes.get(node.right), depth + 1);
  };
  visit(index.nodes.get(index.root), 0);
  return rows;
}
