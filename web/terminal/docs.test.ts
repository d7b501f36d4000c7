import { describe, expect, it } from 'vitest';

import { allCommands, findCommand, groupsOf, readCommandDocs } from './docs.ts';
import { sampleDocs, sampleDocsReply } from './sample-docs.ts';
import { renderArguments } from './syntax.ts';

describe('COMMAND DOCS', () => {
  it('reads the same from RESP2 and RESP3', () => {
    expect(readCommandDocs(sampleDocsReply(3))).toEqual(readCommandDocs(sampleDocsReply(2)));
  });

  it('comes in the order of the names, subcommands after their container', () => {
    expect(
      allCommands(sampleDocs)
        .map(({ name }) => name)
        .slice(0, 6),
    ).toEqual(['CLIENT', 'CLIENT ID', 'CLIENT INFO', 'CLIENT REPLY', 'DEL', 'GET']);
  });

  it('tells the groups', () => {
    expect(groupsOf(sampleDocs)).toEqual(['connection', 'generic', 'list', 'stream', 'string']);
  });

  it('finds a command or a subcommand by the words that begin a line', () => {
    expect(findCommand(sampleDocs, ['client', 'Id', 'x'])).toMatchObject({ doc: { name: 'CLIENT ID' }, words: 2 });
    expect(findCommand(sampleDocs, ['get', 'client'])).toMatchObject({ doc: { name: 'GET' }, words: 1 });
    expect(findCommand(sampleDocs, ['constructor'])).toBeNull();
    expect(findCommand(sampleDocs, [])).toBeNull();
  });

  it('of a server that has none is empty', () => {
    expect(readCommandDocs({ type: 'error', text: "ERR unknown command 'COMMAND'" })).toEqual(new Map());
  });
});

describe('rendered syntax', () => {
  it.each([
    ['set', 'key value [NX|XX] [GET] [EX seconds|PX milliseconds|KEEPTTL]'],
    ['mset', 'key value [key value ...]'],
    ['sort', 'key [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC|DESC]'],
    ['lmpop', 'numkeys key [key ...] LEFT|RIGHT [COUNT count]'],
    ['xadd', 'key [MAXLEN|MINID [=|~] threshold] *|id field value [field value ...]'],
    ['hello', '[protover [AUTH username password] [SETNAME clientname]]'],
    ['client', ''],
  ])('of %s is what the manual writes', (name, syntax) => {
    expect(renderArguments(sampleDocs.get(name)?.arguments ?? [])).toBe(syntax);
  });
});
