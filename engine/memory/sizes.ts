/** Numbers of bytes as settings write them. */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1000,
  kb: 1024,
  m: 1000 ** 2,
  mb: 1024 ** 2,
  g: 1000 ** 3,
  gb: 1024 ** 3,
};

/** `100mb`, `1g`, `1024`: the number of bytes, or `null`. No digits at all are 0, as Redis has it. */
export function parseMemory(text: string): number | null {
  const match = /^(\d*)([a-z]*)$/i.exec(text);
  const unit = UNITS[(match?.[2] ?? '').toLowerCase()];
  return match && unit !== undefined ? Number(match[1]) * unit : null;
}

/** The same in the largest unit of which it is a whole number. */
export function formatMemory(bytes: number): string {
  for (const unit of ['gb', 'mb', 'kb'])
    if (bytes > 0 && bytes % UNITS[unit] === 0) return `${bytes / UNITS[unit]}${unit}`;
  return String(bytes);
}
