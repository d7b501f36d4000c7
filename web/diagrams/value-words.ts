/** What a value is called and what it holds, in a few words. */
import type { ValueView } from './value-at.ts';
import { counted } from './arranging.ts';

/** From the longest to the shortest, for a line that may be short. */
export function valueWords(view: ValueView | null): readonly string[] {
  switch (view?.kind) {
    case undefined:
      return ['no value yet'];
    case 'number':
      return ['a number, in the entry itself', 'in the entry itself', ''];
    case 'string':
      return [
        `${counted(view.string.length, 'byte')} in a block of their own`,
        counted(view.string.length, 'byte'),
        '',
      ];
    case 'compressed':
      return [`${counted(view.block.before, 'byte')}, kept compressed`, 'kept compressed', ''];
    case 'listpack': {
      const { length } = view.pack.elements;
      const what =
        view.holds === 'fields'
          ? counted(length / 2, 'field')
          : view.holds === 'members'
            ? counted(length / 2, 'member')
            : counted(length, 'element');
      return [`kept in a listpack: ${what}`, `listpack: ${what}`, what, ''];
    }
    case 'intset': {
      const what = counted(view.set.values.length, 'integer');
      return [`kept in an intset: ${what} of ${view.set.width} bytes each`, `intset: ${what}`, what, ''];
    }
    case 'quicklist': {
      const what = counted(view.list.length, 'element');
      return [
        `kept in a quicklist: ${what} in ${counted(view.list.nodes.nodes.length, 'node')}`,
        `quicklist: ${what}`,
        what,
        '',
      ];
    }
    case 'table': {
      const what = counted(view.table.entries.size, view.holds === 'fields' ? 'field' : 'member');
      return [`kept in a hash table of its own: ${what}`, `hashtable: ${what}`, what, ''];
    }
    case 'sorted': {
      const what = counted(view.table.entries.size, 'member');
      const by = view.index.kind === 'skip-list' ? 'a skip list' : 'an AVL tree';
      return [
        `in the order of ${by}: ${what}, which a hash table finds by name`,
        `${by.replace(/^an? /, '')}: ${what}`,
        what,
        '',
      ];
    }
  }
}
