/** The lines that were run, oldest first. Whoever owns them keeps them: the editor only reads. */
export function remember(history: readonly string[], line: string, limit = 500): readonly string[] {
  if (line.trim() === '' || line === history.at(-1) || holdsSecret(line)) return history;
  return [...history, line].slice(-limit);
}

/** Lines that carry a password are not kept, as in redis-cli. */
export function holdsSecret(line: string): boolean {
  return /^\s*(\d+\s+)?(auth\b|acl\s+setuser\b|config\s+set\b.*\b(requirepass|masterauth)\b|hello\b.*\bauth\b|migrate\b.*\bauth2?\b)/i.test(
    line,
  );
}
