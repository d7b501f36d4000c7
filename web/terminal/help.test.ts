import { describe, expect, it } from 'vitest';

import { readCommandDocs } from './docs.ts';
import { helpText } from './help.ts';
import { sampleDocs } from './sample-docs.ts';
import { textOfSpans } from './spans.ts';

const help = (...topic: string[]) => textOfSpans(helpText(topic, sampleDocs));

describe('help', () => {
  it('of a command has its syntax and what the server says about it', () => {
    expect(help('get')).toBe(
      '\n  GET key\n  summary: Gives the value of a key.\n  since: 1.0.0\n  group: string\n  complexity: O(1)\n\n',
    );
  });

  it('of a container goes on with its subcommands', () => {
    expect(help('client').match(/^ {2}CLIENT.*$/gm)).toEqual([
      '  CLIENT',
      '  CLIENT ID',
      '  CLIENT INFO',
      '  CLIENT REPLY ON|OFF|SKIP',
    ]);
    expect(help('client', 'id').match(/^ {2}CLIENT.*$/gm)).toEqual(['  CLIENT ID']);
  });

  it('of a group lists its commands', () => {
    expect(help('@GENERIC')).toBe(
      '\n  DEL key [key ...]\n  summary: Deletes keys.\n  since: 1.0.0\n\n  SORT key [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC|DESC]\n  summary: Sorts.\n  since: 1.0.0\n\n',
    );
  });

  it('alone tells the manners of the terminal, and the groups', () => {
    expect(help()).toContain('Ctrl-R');
    expect(help()).toContain('Groups: @connection @generic @list @stream @string');
  });

  it('breaks its lines between words, each under the beginning of its text', () => {
    const rows = textOfSpans(helpText([], sampleDocs, 44)).split('\n');
    expect(rows.filter((row) => row.length > 44)).toEqual([]);
    expect(rows).toContain('  Tab            completes commands,');
    expect(rows).toContain('                 subcommands and options');
    const sort = textOfSpans(helpText(['sort'], sampleDocs, 30)).split('\n');
    expect(sort.slice(1, 4)).toEqual(['  SORT key [LIMIT offset', '    count] [GET pattern [GET', '    pattern ...]] [ASC|DESC]']);
  });

  it('says so when it knows nothing', () => {
    expect(help('nosuch')).toContain('Nothing is known about "nosuch"');
    expect(help('@nosuch')).toContain('There is no group "nosuch"');
  });

  it('never lets the texts of a server act', () => {
    const docs = readCommandDocs({
      type: 'array',
      items: [
        { type: 'status', text: 'x' },
        {
          type: 'array',
          items: [
            { type: 'status', text: 'summary' },
            { type: 'status', text: '\x1bc' },
          ],
        },
      ],
    });
    expect(textOfSpans(helpText(['x'], docs))).toContain('summary: \\x1bc');
  });
});
