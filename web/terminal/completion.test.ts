import { describe, expect, it } from 'vitest';

import { completions } from './completion.ts';
import { sampleDocs } from './sample-docs.ts';

describe('Tab', () => {
  it.each([
    ['ge', ['GET', 'GETDEL']],
    ['get', ['GET', 'GETDEL']],
    ['GET', ['GETDEL']],
    ['cl', ['CLIENT', 'CLIENT ID', 'CLIENT INFO', 'CLIENT REPLY']],
    ['client ', ['CLIENT ID', 'CLIENT INFO', 'CLIENT REPLY']],
    ['client  i', ['CLIENT ID', 'CLIENT INFO']],
    ['3 ge', ['3 GET', '3 GETDEL']],
    ['zz', []],
    ['', []],
  ])('after %j offers names in upper case: %j', (line, expected) => {
    expect(completions(line, sampleDocs)).toEqual(expected);
  });

  it.each([
    ['set k v ', ['set k v NX', 'set k v XX', 'set k v GET', 'set k v EX', 'set k v PX', 'set k v KEEPTTL']],
    ['set k v n', ['set k v NX']],
    ['set k v ex 10 ', ['set k v ex 10 NX', 'set k v ex 10 XX', 'set k v ex 10 GET']],
    ['set "a b" v k', ['set "a b" v KEEPTTL']],
    ['client reply o', ['client reply ON', 'client reply OFF']],
    ['lmpop 1 a ', ['lmpop 1 a LEFT', 'lmpop 1 a RIGHT']],
    ['get ', []],
    ['get k', []],
    ['set k v ex ', []],
    ['set "k ', []],
  ])('after %j offers the options that fit there', (line, expected) => {
    expect(completions(line, sampleDocs)).toEqual(expected);
  });

  it('after help goes through the groups, then the commands', () => {
    expect(completions('help @s', sampleDocs)).toEqual(['help @stream', 'help @string']);
    expect(completions('help s', sampleDocs)).toEqual(['help SET', 'help SORT']);
    expect(completions('? ', sampleDocs)[0]).toBe('? @connection');
  });

  it('knows the settings of the terminal', () => {
    expect(completions(':', sampleDocs)).toEqual([':set hints', ':set nohints']);
    expect(completions(':set n', sampleDocs)).toEqual([':set nohints']);
  });
});
