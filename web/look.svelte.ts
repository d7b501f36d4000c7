/** How the page looks to this visitor: the theme and the size of its type. */
import { isBoolean, keep, recall } from './kept.ts';

export type ThemeChoice = 'auto' | 'light' | 'dark';

/** Where the page has one column, as in the style sheets. */
const NARROW = '(max-width: 760px)';

const isChoice = (value: unknown): value is ThemeChoice => value === 'auto' || value === 'light' || value === 'dark';

class Look {
  choice: ThemeChoice = $state('auto');
  isPresenter = $state(false);
  /** How much larger than usual everything is written, as the style sheet has it for this window. */
  unit = $state(1);
  private prefersDark = $state(false);

  /** What the choice comes to. */
  get theme(): 'light' | 'dark' {
    if (this.choice !== 'auto') return this.choice;
    return this.prefersDark ? 'dark' : 'light';
  }

  /** Called once, before anything is painted. */
  start(): void {
    this.choice = recall('theme', 'auto', isChoice);
    this.isPresenter = recall('presenter', false, isBoolean);
    const media = matchMedia('(prefers-color-scheme: dark)');
    this.prefersDark = media.matches;
    media.addEventListener('change', () => {
      this.prefersDark = media.matches;
      this.apply();
    });
    matchMedia(NARROW).addEventListener('change', () => this.apply());
    this.apply();
  }

  nextTheme(): void {
    this.choice = this.choice === 'auto' ? 'light' : this.choice === 'light' ? 'dark' : 'auto';
    keep('theme', this.choice);
    this.apply();
  }

  togglePresenter(): void {
    this.isPresenter = !this.isPresenter;
    keep('presenter', this.isPresenter);
    this.apply();
  }

  private apply(): void {
    const { dataset } = document.documentElement;
    dataset.theme = this.theme;
    if (this.isPresenter) dataset.presenter = '';
    else delete dataset.presenter;
    this.unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  }
}

export const look = new Look();
