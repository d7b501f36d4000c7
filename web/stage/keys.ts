/** The keys by which sliders, trees, tabs and choices are moved through; these are theirs, all others are not. */
const MOVES = new Set([
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  'Home',
  'End',
  'PageUp',
  'PageDown',
  'Enter',
]);

/** Whether a key belongs to what has the focus: text that is typed, a terminal, or a control with keys of its own. */
export function isTyping(event: KeyboardEvent): boolean {
  // Nothing behind an open dialog takes keys, even while the focus is the browser's own.
  if (document.querySelector('dialog:modal')) return true;
  const element = event.target instanceof Element ? event.target : null;
  if (!element) return false;
  if (element.closest('input, textarea, select, [contenteditable], .terminal')) return true;
  // Space presses a button.
  if (event.key === ' ') return element.closest('button, a, summary, [role="button"], [role="tab"]') !== null;
  const mover = '[role="slider"], [role="tree"], [role="tab"], [role="separator"], [role="radiogroup"]';
  return MOVES.has(event.key) && element.closest(mover) !== null;
}
