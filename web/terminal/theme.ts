import type { ITheme } from '@xterm/xterm';

/**
 * The terminal's colours, read from the page's own. An element inside the terminal's place resolves each custom property
 * to a colour that xterm can parse, whatever notation the style sheet uses.
 */
export function readTheme(place: HTMLElement): ITheme {
  const probe = place.ownerDocument.createElement('span');
  probe.hidden = true;
  place.append(probe);
  const colour = (property: string, fallback: string) => {
    probe.style.color = `var(${property}, ${fallback})`;
    return getComputedStyle(probe).color;
  };
  const ink = colour('--ink', '#1c1a17');
  const paper = colour('--paper', '#fbf8f1');
  const theme: ITheme = {
    background: paper,
    foreground: ink,
    cursor: colour('--accent', '#1f5fa8'),
    cursorAccent: paper,
    selectionBackground: colour('--selection', 'rgb(120 130 150 / 30%)'),
    // The places that `ansi.ts` names: muted, errors, messages that came by themselves.
    brightBlack: colour('--ink-2', '#6a655c'),
    red: colour('--expired', '#b3261e'),
    cyan: colour('--accent', '#1f5fa8'),
    scrollbarSliderBackground: colour('--line', '#8b867c'),
    overviewRulerBorder: paper,
  };
  probe.remove();
  return theme;
}

/** Calls back whenever the page's colours may have changed; returns the end of it. */
export function watchTheme(document: Document, changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class', 'style'] });
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    scheme.removeEventListener('change', changed);
  };
}
