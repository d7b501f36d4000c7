import { afterEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';

import { bulk, FakeServer } from './fake-server.ts';
import { sampleDocs } from './sample-docs.ts';
import Terminal from './Terminal.svelte';
import TerminalTabs from './TerminalTabs.svelte';

function server() {
  const values = new Map<string, string>();
  return new FakeServer(([name, key, value]) => {
    if (name.toLowerCase() === 'set') values.set(key, value);
    if (name.toLowerCase() !== 'get') return '+OK\r\n';
    const found = values.get(key);
    return found === undefined ? '$-1\r\n' : bulk(found);
  });
}

/** What a person reads, of the terminal that is shown. */
const screen = () =>
  [...document.querySelectorAll<HTMLElement>('.xterm-rows')]
    .filter((rows) => rows.offsetParent !== null)
    .map((rows) =>
      [...rows.children]
        .map((row) => (row.textContent ?? '').trimEnd())
        .join('\n')
        .trimEnd(),
    )
    .join('\n');

const shows = (text: string) => vi.waitFor(() => expect(screen()).toContain(text), { timeout: 5000 });

async function opened(props: Partial<Parameters<typeof render<typeof Terminal>>[1]> = {}) {
  const fake = server();
  document.body.style.cssText = 'margin:0;width:720px;height:420px';
  const view = await render(Terminal, {
    connect: () => fake.connect(),
    promptName: 'vitrine',
    docs: sampleDocs,
    ...props,
  });
  view.container.style.height = '420px';
  await shows('vitrine>');
  await view.component.focus();
  return { fake, view };
}

afterEach(() => {
  document.body.removeAttribute('style');
});

describe('the terminal', () => {
  it('takes what is typed, with a hint in grey, and prints the reply', async () => {
    await opened();
    await userEvent.keyboard('set k');
    await shows('vitrine> set k value [NX|XX]');
    await userEvent.keyboard(' v{Enter}get k{Enter}');
    await shows('vitrine> set k v\nOK\nvitrine> get k\n"v"\nvitrine>');
  });

  it('has history, search and completion under the usual keys', async () => {
    await opened({ history: ['set city Bern'] });
    await userEvent.keyboard('{ArrowUp}');
    await shows('vitrine> set city Bern');
    await userEvent.keyboard('{Control>}c{/Control}{Control>}r{/Control}cit');
    await shows("search 'cit': set city Bern");
    await userEvent.keyboard('{Escape}getd{Tab}');
    await shows('vitrine> GETDEL key');
  });

  it('keeps the cursor where the text says, wide characters and wrapping included', async () => {
    const { view } = await opened();
    const text = `set 日本 "${'👨‍👩‍👧é'.repeat(12)}"`;
    await view.component.run(text);
    await userEvent.keyboard('get 日本{Enter}');
    await shows('\\xf0\\x9f');
    expect(screen().replaceAll('\n', '')).toContain(text);
  });

  it('runs nothing that is pasted before Enter', async () => {
    const { fake } = await opened();
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', 'set a 1\r\n\x1b[201~\rflushall\r\n');
    document
      .querySelector('.xterm-helper-textarea')
      ?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    await shows('3 lines: Enter runs them');
    await shows('^[[201~');
    expect(fake.received).toEqual([]);
    await userEvent.keyboard('{Control>}c{/Control}');
    await userEvent.keyboard('get a{Enter}');
    await shows('(nil)');
    expect(fake.received).toEqual([['get', 'a']]);
  });

  it('takes only text out of a paste, and leaves what has none to the browser', async () => {
    await opened();
    const pasted = (clipboardData?: DataTransfer): boolean => {
      const event = new ClipboardEvent('paste', {
        bubbles: true,
        cancelable: true,
        ...(clipboardData ? { clipboardData } : {}),
      });
      document.querySelector('.xterm-helper-textarea')?.dispatchEvent(event);
      return event.defaultPrevented;
    };
    const text = new DataTransfer();
    text.setData('text/plain', 'get a');
    expect([pasted(), pasted(text)]).toEqual([false, true]);
    await shows('get a');
  });

  it('lets go of the keyboard: Escape, then Tab', async () => {
    const { view } = await opened();
    const after = document.createElement('button');
    after.textContent = 'after';
    document.body.append(after);
    const input = view.container.querySelector('.xterm-helper-textarea');
    expect(input?.getAttribute('aria-label')).toContain('Press Escape, then Tab, to leave');
    await userEvent.keyboard('{Tab}');
    expect(document.activeElement).toBe(input);
    await userEvent.keyboard('{Escape}{Tab}');
    expect(document.activeElement).toBe(after);
    after.remove();
  });

  it('runs lines for the page, typed for the eye, and tells of every line', async () => {
    const onsubmit = vi.fn();
    const { view } = await opened({ onsubmit });
    await view.component.run('set city Bern', { typed: true });
    await shows('vitrine> set city Bern\nOK');
    expect(onsubmit.mock.calls[0][0]).toBe('set city Bern');
  });

  it('runs the lines it is given as soon as it stands, in order', async () => {
    const { fake } = await opened({ autorun: ['set city Bern', 'get city'] });
    await shows('vitrine> get city\n"Bern"');
    expect(fake.received.map(([name]) => name)).toEqual(['set', 'get']);
  });

  it('takes its colours from the page, and again when the theme changes', async () => {
    const root = document.documentElement;
    root.style.cssText = '--paper: rgb(250, 248, 240); --ink: rgb(20, 20, 20)';
    const { view } = await opened();
    const ground = () =>
      getComputedStyle(view.container.querySelector('.xterm-scrollable-element') ?? root).backgroundColor;
    await vi.waitFor(() => expect(ground()).toBe('rgb(250, 248, 240)'));
    root.style.cssText = '--paper: rgb(20, 20, 24); --ink: rgb(240, 240, 240)';
    await vi.waitFor(() => expect(ground()).toBe('rgb(20, 20, 24)'));
    root.removeAttribute('style');
  });

  it('stays inert to stored data: no title, no link, no clipboard, no reset', async () => {
    const title = document.title;
    const { view } = await opened();
    await view.component.run(String.raw`set k "\x1b]0;owned\x07\x1b]8;;javascript:alert(1)\x1b\\x\x1bc\x1b[2J"`);
    await view.component.run('get k');
    await shows(String.raw`\x1b]0;owned\a`);
    expect(document.title).toBe(title);
    expect(view.container.querySelector('a')).toBeNull();
  });
});

describe('several clients', () => {
  it('are tabs, each with a connection and a screen of its own, and one history', async () => {
    const fake = server();
    document.body.style.cssText = 'margin:0;width:720px;height:420px';
    const view = await render(TerminalTabs, { connect: () => fake.connect(), promptName: 'vitrine' });
    view.container.style.height = '420px';
    await shows('vitrine>');
    await view.component.focus();
    await userEvent.keyboard('set who one{Enter}');
    await shows('OK');
    await page.getByRole('button', { name: 'Open another client' }).click();
    await expect.element(page.getByRole('tab', { name: 'client 2' })).toHaveAttribute('aria-selected', 'true');
    await vi.waitFor(() => expect(screen()).toBe('vitrine>'));
    await userEvent.keyboard('{ArrowUp}');
    await shows('vitrine> set who one');
    expect(fake.connections).toHaveLength(2);

    await page.getByRole('tab', { name: 'client 2' }).click();
    await userEvent.keyboard('{ArrowLeft}');
    await expect.element(page.getByRole('tab', { name: 'client 1' })).toHaveAttribute('aria-selected', 'true');
    await shows('OK');

    await page.getByRole('button', { name: 'Close client 1' }).click();
    await vi.waitFor(() => expect(fake.connections.map(({ closed }) => closed())).toEqual([true, false]));
    await expect.element(page.getByRole('tab')).toHaveTextContent('client 2');
  });
});
