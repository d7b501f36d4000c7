import { expect, test } from 'vitest';

import { settingsFrom, type Settings } from './settings.ts';

function read(argv: readonly string[], files: Readonly<Record<string, string>> = {}): Settings {
  return settingsFrom(argv, {
    cwd: '/srv',
    read: (path) => {
      const text = files[path];
      if (text === undefined) throw new Error('no such file');
      return text;
    },
  });
}

function problem(argv: readonly string[], files: Readonly<Record<string, string>> = {}): string {
  try {
    read(argv, files);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return 'none';
}

test('flags are settings, and one that is written later wins', () => {
  const { values } = read(['--port', '7000', '--appendonly', 'yes', '--port', '7001']);
  expect(values).toEqual({ port: '7001', appendonly: 'yes', dir: '/srv' });
});

test('a file is read first and the flags win over it', () => {
  const files = { '/srv/my.conf': '# a comment\n\n  PORT 7000\r\ntimeout 10\n' };
  const { values, configFile } = read(['my.conf', '--port', '7001'], files);
  expect(values).toMatchObject({ port: '7001', timeout: '10' });
  expect(configFile).toBe('/srv/my.conf');
});

test('a dash reads the standard input', () => {
  expect(read(['-', '--timeout', '5'], { '-': 'port 7000\n' }).values).toMatchObject({ port: '7000', timeout: '5' });
});

test('a value is quoted in a file as in redis-cli, and a flag keeps what the shell made of it', () => {
  const files = { '/srv/my.conf': 'requirepass "a \\"b\\"\\x21"\n' };
  expect(read(['my.conf'], files).values.requirepass).toBe('a "b"!');
  expect(read(['--requirepass', 'a "b" \\ #é']).values.requirepass).toBe('a "b" \\ #é');
  expect(read(['--requirepass', '']).values.requirepass).toBe('');
});

test('settings that take several words take them from both', () => {
  expect(read(['--bind', '127.0.0.1', '-::1']).values.bind).toBe('127.0.0.1 -::1');
  expect(read(['my.conf'], { '/srv/my.conf': 'bind * -::*\n' }).values.bind).toBe('* -::*');
  expect(read(['--save', '900', '1', '--save', '300 10']).values.save).toBe('900 1 300 10');
  expect(read(['--save', '900', '1', '--save', '']).values.save).toBe('');
});

test('memory is written with its unit and the directory becomes absolute', () => {
  const { values } = read(['--maxmemory', '100mb', '--dir', 'data']);
  expect(values).toMatchObject({ maxmemory: '100mb', dir: '/srv/data' });
});

test('an included file stands where it is included, its path seen from the file that names it', () => {
  const files = { '/etc/a.conf': 'port 1\ninclude sub/b.conf\ntimeout 3\n', '/etc/sub/b.conf': 'port 2\ntimeout 2\n' };
  expect(read(['/etc/a.conf'], files).values).toMatchObject({ port: '2', timeout: '3' });
});

test('files that include each other are told so', () => {
  expect(problem(['a.conf'], { '/srv/a.conf': 'include a.conf\n' })).toContain('include each other');
});

test('what is wrong in a file is named with its line', () => {
  const wrong = (text: string): string => problem(['my.conf'], { '/srv/my.conf': text });
  expect(wrong('port 1\nprot 2\n')).toBe(
    'SettingsError: /srv/my.conf, line 2:\n>>> prot 2\nthere is no setting "prot"; did you mean "port"?',
  );
  expect(wrong('\n\nport banana')).toContain('line 3:\n>>> port banana\nport: argument couldn');
  expect(wrong('port')).toContain('port wants one value');
  expect(wrong('port 1 2')).toContain('port wants one value');
  expect(wrong('port 70000')).toContain('between 0 and 65535');
  expect(wrong('requirepass "abc')).toContain('a quote is not closed');
  expect(wrong('appendonly maybe')).toContain("'yes' or 'no'");
  expect(wrong('include')).toContain('include wants one path');
  expect(wrong('include gone.conf')).toContain('/srv/gone.conf: cannot be read');
});

test('what is wrong on the command line is named too', () => {
  expect(problem(['--prot', '1'])).toContain('The command line:\n>>> prot 1\nthere is no setting "prot"');
  expect(problem(['--port'])).toContain('port wants one value');
  expect(problem(['gone.conf'])).toContain('/srv/gone.conf: cannot be read');
  expect(problem(['my.conf', 'other.conf'], { '/srv/my.conf': '' })).toContain('neither a --flag nor the value');
  expect(problem(['--__proto__', '1'])).toContain('there is no setting "__proto__"');
});

test('settings of Redis without a meaning here are left aside with a word', () => {
  const files = { '/srv/my.conf': 'daemonize yes\nstream-node-max-bytes 4096\ntls-port 0\nreplicaof no one\n' };
  const { values, notes } = read(['my.conf'], files);
  expect(values).toEqual({ dir: '/srv' });
  expect(notes.join()).toContain('daemonize, stream-node-max-bytes, tls-port, replicaof');
});

test('settings that promise something Vitrine does not have are refused, and no password is shown', () => {
  const wrong = (text: string): string => problem(['my.conf'], { '/srv/my.conf': text });
  expect(wrong('aclfile /etc/users.acl')).toContain('users and their rights');
  expect(wrong('rename-command FLUSHALL ""')).toContain('renamed commands');
  expect(wrong('tls-port 6390')).toContain('TLS');
  expect(wrong('masterauth secret')).not.toContain('secret');
  expect(wrong('requirepass secret more')).not.toContain('secret');
  expect(wrong('requirepass "secret')).not.toContain('secret');
});
