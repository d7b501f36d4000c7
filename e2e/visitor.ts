/** A visitor's hands and eyes: what is typed and pressed, and what then stands on the page. */
import { expect, test as base, type BrowserContext, type Locator, type Page } from '@playwright/test';

/** The end of a terminal's text: a prompt that waits for the next line. */
const PROMPT = /^(?:vitrine|lesson|museum)(\[\d+\])?(\(TX\))?>$/;
/** What may stand before a line once blanks are taken out. */
const ANY_PROMPT = /^((vitrine|lesson|museum)(\[\d+\])?(\(TX\))?|notconnected)>/;

/** Where the film stands, and all that a visitor can compare of it. */
export interface Moment {
  readonly line: string;
  readonly caption: string;
  /** The table as it is read out: one line a bucket or key. */
  readonly list: readonly string[];
  /** The glyphs of the picture, in an order that does not depend on which was touched last. */
  readonly picture: readonly string[];
}

export class Visitor {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the playground and waits for the prompt. On a first visit the page types a line of its own, and is waited for. */
  async open(): Promise<void> {
    const isFirstVisit = (await this.page.context().storageState()).origins.length === 0;
    await this.page.goto('./');
    await expect.poll(() => this.lastLine()).toMatch(PROMPT);
    if (isFirstVisit) await expect(this.terminal).toContainText('OK');
    await this.prompt();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.prompt();
  }

  // The terminal.

  /** The text of the terminal that is shown. */
  get terminal(): Locator {
    return this.page.getByTestId('terminal').locator('visible=true').locator('.xterm-rows');
  }

  async screen(): Promise<string[]> {
    const rows = await this.terminal.locator('> div').allTextContents();
    const lines = rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd());
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  async lastLine(): Promise<string> {
    return (await this.screen()).at(-1) ?? '';
  }

  /** Waits until the terminal waits. */
  async prompt(): Promise<void> {
    await expect.poll(() => this.lastLine()).toMatch(PROMPT);
  }

  /** What takes the keys of the terminal that is shown. */
  get field(): Locator {
    return this.page.getByTestId('terminal').locator('visible=true').locator('textarea');
  }

  async focusTerminal(): Promise<void> {
    await this.field.focus();
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Puts a text into the terminal as the clipboard does. */
  async paste(text: string): Promise<void> {
    await this.field.evaluate((textarea, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      textarea.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  /** Runs a line in the terminal that is shown and returns what was printed for it. */
  async run(line: string): Promise<string> {
    await this.focusTerminal();
    await this.press('Control+l');
    await this.type(line);
    await this.press('Enter');
    return this.replyTo(line);
  }

  async runAll(...lines: readonly string[]): Promise<void> {
    for (const line of lines) await this.run(line);
  }

  private async replyTo(line: string): Promise<string> {
    const typed = squeezed(line);
    let reply: string | null = null;
    const look = async (): Promise<boolean> => {
      const rows = await this.screen();
      let echoed = 0;
      let text = '';
      while (echoed < rows.length && squeezed(text).replace(ANY_PROMPT, '') !== typed) text += rows[echoed++];
      const isEchoed = squeezed(text).endsWith(typed);
      const isDone = isEchoed && rows.length > echoed && PROMPT.test(rows.at(-1) ?? '');
      if (isDone) reply = rows.slice(echoed, -1).join('\n');
      return isDone;
    };
    await expect.poll(look, { message: `a reply to ${line}` }).toBe(true);
    return reply ?? '';
  }

  // The stage.

  get stage(): Locator {
    return this.page.getByRole('region', { name: 'Stage', exact: true }).locator('visible=true');
  }

  get list(): Locator {
    return this.stage.getByRole('tree');
  }

  get caption(): Locator {
    return this.stage.locator('.caption');
  }

  /** Which command the film shows. */
  get line(): Locator {
    return this.stage.locator('.telling .line');
  }

  get scrubber(): Locator {
    return this.stage.getByRole('slider', { name: /position/i });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' }).locator('visible=true');
  }

  /** A key as it lies in its bucket, in the picture. */
  keyInPicture(key: string): Locator {
    return this.stage
      .locator('svg .cell.has-target')
      .filter({ has: this.page.locator('.tone-key text', { hasText: new RegExp(`^${key}$`) }) });
  }

  /** A bucket in the picture; while there are two tables the old one's comes first. */
  bucketInPicture(bucket: number): Locator {
    return this.stage
      .locator('svg .cell.has-target')
      .filter({ has: this.page.locator('title', { hasText: new RegExp(`^bucket ${bucket}:`) }) });
  }

  /** The text of each label in the picture that sticks out of it or lies over another one. */
  async misplacedTexts(): Promise<string[]> {
    await this.rests();
    return this.stage.locator('svg[role=img]').evaluate((svg) => {
      const frame = svg.getBoundingClientRect();
      const texts = [...svg.querySelectorAll('text')]
        .map((node) => ({ text: node.textContent ?? '', box: node.getBoundingClientRect() }))
        .filter(({ text, box }) => text.trim() !== '' && box.width > 0);
      const found: string[] = [];
      texts.forEach(({ text, box }, at) => {
        const isOut = box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 3 || box.bottom > frame.bottom + 3;
        if (isOut) found.push(`“${text}” sticks out of the picture`);
        for (const other of texts.slice(at + 1)) {
          const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
          const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
          // A line's box is higher than its letters.
          if (wide > 2 && high > Math.min(box.height, other.box.height) * 0.4) found.push(`“${text}” lies over “${other.text}”`);
        }
      });
      return found;
    });
  }

  /** Out of the terminal: a click on the words under the picture, where there is nothing to press. */
  async lookAtStage(): Promise<void> {
    await this.stage.locator('.telling').click();
    await expect(this.page.locator('.xterm-helper-textarea:focus')).toHaveCount(0);
  }

  /** Waits until the film has played what was typed and nothing moves in the picture any more. */
  async rests(): Promise<void> {
    await expect(this.button('Pause')).toHaveCount(0);
    await this.page.waitForFunction(() => {
      const nodes = document.querySelectorAll('.stage svg[role=img] *');
      // D3 keeps what still moves in this property of the element, and takes it away at the end.
      return [...nodes].every((node) => !('__transition' in node));
    });
  }

  /** Where the film stands, to the beat: other after every step. */
  async place(): Promise<string> {
    return this.stage.locator('.thumb').evaluate((thumb) => (thumb as HTMLElement).style.left);
  }

  /** Presses a key that moves the film, and waits until it has moved. */
  async move(key: string): Promise<void> {
    const before = await this.place();
    await this.press(key);
    await expect.poll(() => this.place(), { message: `${key} moves the film` }).not.toBe(before);
  }

  async isAtEnd(): Promise<boolean> {
    return (await this.button('One step forward').getAttribute('aria-disabled')) === 'true';
  }

  async isAtStart(): Promise<boolean> {
    return (await this.button('One step back').getAttribute('aria-disabled')) === 'true';
  }

  async moment(): Promise<Moment> {
    await this.rests();
    const picture = await this.stage.locator('svg[role=img] .glyph').evaluateAll((glyphs) =>
      // A transition writes a blank after the comma where a direct change writes none.
      glyphs.map((glyph) => glyph.outerHTML.replace(/(translate\([^,]*), /g, '$1,')).sort(),
    );
    const [line = '', caption = ''] = [await this.line.textContent(), await this.caption.textContent()].map((text) =>
      (text ?? '').replace(/\s+/g, ' ').trim(),
    );
    return { line, caption, list: await this.rows(), picture };
  }

  /** The accessible list, one line an item; a key's line begins with a blank. */
  async rows(): Promise<string[]> {
    return this.list.locator('[role=treeitem]').evaluateAll((items) =>
      items.map((item) => {
        const own = [...item.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
        const text = own.map((node) => node.textContent ?? '').join('').trim();
        return item.parentElement?.getAttribute('role') === 'group' ? ` ${text}` : text;
      }),
    );
  }

  /** The save light's word and what it says about it. */
  get saveLight(): Locator {
    return this.page.getByRole('banner').getByRole('status');
  }

  async saved(): Promise<void> {
    await expect(this.saveLight).toContainText('Everything is in this browser');
  }
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, '');
}

/** What went wrong in a page without anybody seeing it: errors, warnings, refused content, missing files. */
function watch(context: BrowserContext): string[] {
  const complaints: string[] = [];
  context.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    complaints.push(`${message.type()}: ${message.text()} (${message.location().url}:${message.location().lineNumber})`);
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  return complaints;
}

interface Fixtures {
  /** Everything that was complained about; a test that expects a complaint takes it out. */
  complaints: string[];
  visitor: Visitor;
}

export const test = base.extend<Fixtures>({
  complaints: [
    async ({ context }, use) => {
      const complaints = watch(context);
      await context.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) => {
          console.error(`policy broken: ${event.violatedDirective} at ${event.sourceFile}:${event.lineNumber}`);
        });
      });
      await use(complaints);
      expect([...new Set(complaints)].slice(0, 10), 'the page complained').toEqual([]);
    },
    { auto: true },
  ],
  visitor: async ({ page }, use) => {
    await use(new Visitor(page));
  },
});

export { expect };
