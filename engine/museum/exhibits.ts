/** The exhibits there are, by the name that a lesson's front matter and the worker use. */
import type { ExhibitParts, ExhibitTable } from './exhibit.ts';
import { KeylessTable } from './keyless-table.ts';
import { OverwritingTable } from './overwriting-table.ts';

interface Exhibit {
  /** What its badge says. */
  readonly title: string;
  make(parts: ExhibitParts): ExhibitTable;
}

const EXHIBITS: Readonly<Record<string, Exhibit>> = {
  'key-not-stored': { title: 'The key that was not stored', make: (parts) => new KeylessTable(parts) },
  overwritten: { title: 'Overwritten', make: (parts) => new OverwritingTable(parts) },
};

export const EXHIBIT_NAMES: readonly string[] = Object.keys(EXHIBITS);

export function exhibitTitle(name: string): string {
  return exhibitOf(name).title;
}

export function makeExhibit(name: string, parts: ExhibitParts): ExhibitTable {
  return exhibitOf(name).make(parts);
}

function exhibitOf(name: string): Exhibit {
  const exhibit = Object.hasOwn(EXHIBITS, name) ? EXHIBITS[name] : undefined;
  if (!exhibit) throw new Error(`there is no exhibit “${name}”; there are ${EXHIBIT_NAMES.join(', ')}`);
  return exhibit;
}
