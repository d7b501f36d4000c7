/** Whether a key belongs to what has the focus: text that is typed, a terminal, or a control with keys of its own. */
export function isTyping(event: KeyboardEvent): boolean {
  const element = event.target instanceof Element ? event.target : null;
  if (!element) return false;
  if (element.closest('input, textarea, select, [contenteditable], dialog, .terminal')) return true;
  // Space presses a button, and arrows move in sliders, trees and tabs; these keys are theirs.
  if (event.key === ' ' && element.closest('button, a, summary, [role="button"], [role="tab"]')) return true;
  return (
    event.key !== ' ' &&
    element.closest('[role="slider"], [role="tree"], [role="tab"], [role="separator"], [role="radiogroup"]') !== null
  );
}
