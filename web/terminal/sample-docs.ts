import type { Pair, Reply } from '../../engine/client/reply.ts';
import { utf8Encode } from '../../engine/memory/bytes.ts';
import { readCommandDocs } from './docs.ts';

/**
 * A few commands, told as a server tells them in COMMAND DOCS, for tests. The shapes are Redis's own; one of each kind
 * of argument is here.
 */
type Plain = string | number | Plain[] | { [key: string]: Plain };

const flags = (...names: string[]) => ({ flags: names });
const token = (word: string) => ({ name: word.toLowerCase(), type: 'pure-token', token: word });
const optional = flags('optional');
const key = { name: 'key', type: 'key', key_spec_index: 0 };
const text = (name: string) => ({ name, type: 'string' });
const number = (name: string) => ({ name, type: 'integer' });
const after = (word: string, name: string, type = 'integer') => ({ name, type, token: word });
const oneof = (name: string, ...args: Plain[]) => ({ name, type: 'oneof', arguments: args });
const block = (name: string, ...args: Plain[]) => ({ name, type: 'block', arguments: args });
const facts = (group: string, since: string, summary: string, ...args: Plain[]) => ({
  summary,
  since,
  group,
  complexity: 'O(1)',
  ...(args.length > 0 ? { arguments: args } : {}),
});

const sample: { [name: string]: { [key: string]: Plain } } = {
  get: facts('string', '1.0.0', 'Gives the value of a key.', key),
  getdel: facts('string', '6.2.0', 'Gives the value of a key and deletes it.', key),
  set: facts(
    'string',
    '1.0.0',
    'Stores a value under a key.',
    key,
    text('value'),
    { ...oneof('condition', token('NX'), token('XX')), ...optional },
    { ...token('GET'), ...optional },
    { ...oneof('expiration', after('EX', 'seconds'), after('PX', 'milliseconds'), token('KEEPTTL')), ...optional },
  ),
  mset: facts('string', '1.0.1', 'Stores several values.', {
    ...block('data', key, text('value')),
    ...flags('multiple'),
  }),
  del: facts('generic', '1.0.0', 'Deletes keys.', { ...key, ...flags('multiple') }),
  sort: facts(
    'generic',
    '1.0.0',
    'Sorts.',
    key,
    { ...block('limit', number('offset'), number('count')), token: 'LIMIT', ...optional },
    { ...after('GET', 'pattern', 'pattern'), ...flags('optional', 'multiple', 'multiple_token') },
    { ...oneof('order', token('ASC'), token('DESC')), ...optional },
  ),
  lmpop: facts(
    'list',
    '7.0.0',
    'Pops from the first list that has elements.',
    number('numkeys'),
    { ...key, ...flags('multiple') },
    oneof('where', token('LEFT'), token('RIGHT')),
    {
      ...after('COUNT', 'count'),
      ...optional,
    },
  ),
  xadd: facts(
    'stream',
    '5.0.0',
    'Adds an entry.',
    key,
    {
      ...block(
        'trim',
        oneof('strategy', token('MAXLEN'), token('MINID')),
        { ...oneof('operator', token('='), token('~')), ...optional },
        text('threshold'),
      ),
      ...optional,
    },
    oneof('id', token('*'), text('id')),
    { ...block('data', text('field'), text('value')), ...flags('multiple') },
  ),
  hello: facts('connection', '6.0.0', 'Agrees on a protocol.', {
    ...block(
      'arguments',
      number('protover'),
      { ...block('auth', text('username'), text('password')), token: 'AUTH', ...optional },
      { ...after('SETNAME', 'clientname', 'string'), ...optional },
    ),
    ...optional,
  }),
  ping: facts('connection', '1.0.0', 'Answers.', { ...text('message'), ...optional }),
  client: {
    ...facts('connection', '2.4.0', 'Holds the commands about clients.'),
    subcommands: {
      'client|reply': facts(
        'connection',
        '3.2.0',
        'Turns replies on and off.',
        oneof('mode', token('ON'), token('OFF'), token('SKIP')),
      ),
      'client|id': facts('connection', '5.0.0', 'Gives the number of this connection.'),
      'client|info': facts('connection', '6.2.0', 'Tells about this connection.'),
    },
  },
};

/** The reply of a server that speaks RESP2 (flat arrays) or RESP3 (maps). */
export function sampleDocsReply(protocol: 2 | 3 = 2): Reply {
  return toReply(sample, protocol);
}

export const sampleDocs = readCommandDocs(sampleDocsReply());

function toReply(value: Plain, protocol: 2 | 3): Reply {
  if (typeof value === 'string') return { type: 'bulk', bytes: utf8Encode(value) };
  if (typeof value === 'number') return { type: 'integer', value };
  if (Array.isArray(value)) return { type: 'array', items: value.map((item) => toReply(item, protocol)) };
  const pairs = Object.entries(value).map(([name, of]): Pair => [toReply(name, protocol), toReply(of, protocol)]);
  return protocol === 3 ? { type: 'map', pairs } : { type: 'array', items: pairs.flat() };
}
