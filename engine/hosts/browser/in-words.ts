/** What went wrong, as the middle of a sentence: in words that a visitor understands, the browser's own where there are none. */
export function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Chromium's has no message at all.
  if (error.name === 'QuotaExceededError') return "the browser's storage is full";
  return error.message.replace(/\.$/, '') || error.name;
}
