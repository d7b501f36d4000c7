/** A small drawing in letters: a column for each value, its label below, written downwards. */

const ROWS = 4;
/** How a column ends, from low to high within a row. */
const TOPS = '_o#';

export interface Sample {
  readonly value: number;
  readonly label: string;
}

/** Rows of so many columns at most; what does not fit goes on below. The lowest value has the lowest column. */
export function sparkline(samples: readonly Sample[], columns: number): string {
  const values = samples.map(({ value }) => value);
  const least = Math.min(...values);
  const span = Math.max(...values) - least || 1;
  const steps = ROWS * TOPS.length;
  const heights = values.map((value) => Math.min(steps - 1, Math.floor(((value - least) * steps) / span)));
  const parts: string[] = [];
  for (let from = 0; from < samples.length; from += columns) {
    const part = heights.slice(from, from + columns);
    const labels = samples.slice(from, from + columns).map(({ label }) => label);
    parts.push([...drawn(part), ' '.repeat(part.length), ...downwards(labels)].map((line) => `${line}\n`).join(''));
  }
  return parts.join('\n');
}

function drawn(heights: readonly number[]): string[] {
  return Array.from({ length: ROWS }, (_, row) => {
    const floor = (ROWS - row - 1) * TOPS.length;
    return heights.map((height) => (height < floor ? ' ' : (TOPS[height - floor] ?? '|'))).join('');
  });
}

function downwards(labels: readonly string[]): string[] {
  const longest = Math.max(...labels.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => labels.map((label) => label[at] ?? ' ').join(''));
}
