import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { findRedis } from '../../../scripts/ensure-redis.mjs';
import {
  freePort,
  removeTemporaryFolders,
  request,
  startTestServer,
  temporaryFolder,
  Wire,
  type TestServer,
} from './test-server.ts';

const running: TestServer[] = [];

afterEach(() => {
  for (const server of running.splice(0)) server.stop();
  removeTemporaryFolders();
});

const FLAGS = ['--appendonly', 'yes', '--appendfsync', 'always'];
const NAME = 'appendonly.aof.1.incr.aof';
const MANIFEST = 'appendonly.aof.manifest';

async function start(dir: string, ...flags: string[]): Promise<TestServer> {
  const server = await startTestServer('--dir', dir, ...FLAGS, ...flags);
  running.push(server);
  return server;
}

/** Why a server does not start with this directory. */
async function refusal(dir: string, ...flags: string[]): Promise<string> {
  try {
    await start(dir, ...flags);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'it starts';
}

function stop(server: TestServer): void {
  server.stop();
  running.splice(running.indexOf(server), 1);
}

async function call(server: { port: number }, ...commands: string[][]): Promise<string> {
  const wire = await Wire.open(server.port);
  wire.send(commands.map((argv) => request(...argv)).join(''));
  wire.socket.end();
  await wire.ends();
  return wire.received;
}

const incrementOf = (dir: string): string => join(dir, 'appendonlydir', NAME);

/** A directory as another server would have left it. */
function written(files: Readonly<Record<string, string>>): string {
  const dir = temporaryFolder();
  mkdirSync(join(dir, 'appendonlydir'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, 'appendonlydir', name), text, 'latin1');
  return dir;
}

const SET = (key: string, value: string): string => request('SET', key, value);

describe('what is written', () => {
  test('a directory in the form of Redis 7, with the very bytes of the commands', async () => {
    const dir = temporaryFolder();
    const server = await start(dir);
    await call(server, ['set', 'a', '1'], ['GET', 'a'], ['SELECT', '2'], ['SET', 'b', 'x\r\ny']);
    expect(readFileSync(incrementOf(dir), 'latin1')).toBe(
      request('SELECT', '0') + request('set', 'a', '1') + request('SELECT', '2') + request('SET', 'b', 'x\r\ny'),
    );
    expect(readFileSync(join(dir, 'appendonlydir', MANIFEST), 'utf8')).toBe(`file ${NAME} seq 1 type i\n`);
  });

  test('expiry is written as the moment, not as the delay', async () => {
    const dir = temporaryFolder();
    const server = await start(dir);
    const before = Date.now();
    await call(server, ['SET', 'a', '1', 'EX', '100'], ['SET', 'b', '1'], ['EXPIRE', 'b', '100']);
    const text = readFileSync(incrementOf(dir), 'latin1');
    const moments = [...text.matchAll(/\r\n(\d{13})\r\n/g)].map((match) => Number(match[1]));
    expect(moments).toHaveLength(2);
    for (const moment of moments) {
      expect(moment).toBeGreaterThanOrEqual(before + 100_000);
      expect(moment).toBeLessThanOrEqual(Date.now() + 100_000);
    }
  });

  test('the names may be chosen', async () => {
    const dir = temporaryFolder();
    const server = await start(dir, '--appenddirname', 'my log', '--appendfilename', 'my.aof');
    await call(server, ['SET', 'a', '1']);
    expect(readdirSync(join(dir, 'my log')).sort()).toEqual(['my.aof.1.incr.aof', 'my.aof.manifest', 'vitrine.lock']);
  });
});

describe('a restart', () => {
  test('finds everything, and goes on in the same file', async () => {
    const dir = temporaryFolder();
    for (let round = 0; round < 3; round++) {
      const server = await start(dir);
      expect(await call(server, ['INCR', 'rounds'])).toBe(`:${round + 1}\r\n`);
      stop(server);
    }
    expect(readdirSync(join(dir, 'appendonlydir')).sort()).toEqual([NAME, MANIFEST]);
  });

  test('a base of commands and several increments are read in their order', async () => {
    const dir = written({
      'appendonly.aof.3.base.aof': SET('a', 'base') + SET('b', 'base'),
      'appendonly.aof.4.incr.aof': request('SELECT', '0') + SET('b', 'first') + SET('c', 'first'),
      'appendonly.aof.5.incr.aof': `#TS:1700000000\r\n${request('SELECT', '0')}${SET('c', 'second')}`,
      'appendonly.aof.2.incr.aof': SET('a', 'history'),
      [MANIFEST]:
        'file appendonly.aof.3.base.aof seq 3 type b\nfile appendonly.aof.2.incr.aof seq 2 type h\n' +
        'file appendonly.aof.4.incr.aof seq 4 type i\nfile appendonly.aof.5.incr.aof seq 5 type i\n',
    });
    const server = await start(dir);
    expect(await call(server, ['MGET', 'a', 'b', 'c'])).toBe('*3\r\n$4\r\nbase\r\n$5\r\nfirst\r\n$6\r\nsecond\r\n');
    await call(server, ['SET', 'd', 'mine']);
    expect(readFileSync(join(dir, 'appendonlydir', 'appendonly.aof.5.incr.aof'), 'latin1')).toContain('mine');
  });

  test('a base alone gets an increment', async () => {
    const dir = written({
      'appendonly.aof.1.base.aof': SET('a', 'base'),
      [MANIFEST]: 'file appendonly.aof.1.base.aof seq 1 type b\n',
    });
    const server = await start(dir);
    await call(server, ['SET', 'b', 'mine']);
    stop(server);
    expect(readFileSync(join(dir, 'appendonlydir', MANIFEST), 'utf8')).toBe(
      `file appendonly.aof.1.base.aof seq 1 type b\nfile ${NAME} seq 1 type i\n`,
    );
    const again = await start(dir);
    expect(await call(again, ['MGET', 'a', 'b'])).toBe('*2\r\n$4\r\nbase\r\n$4\r\nmine\r\n');
  });

  test('an end that was torn off is cut away, said, and the file goes on from there', async () => {
    const dir = written({
      [NAME]: SET('a', '1') + SET('b', '2').slice(0, -5),
      [MANIFEST]: `file ${NAME} seq 1 type i\n`,
    });
    const server = await start(dir);
    expect(server.said.join()).toContain(`from offset ${SET('a', '1').length} on`);
    await call(server, ['SET', 'c', '3']);
    stop(server);
    expect(readFileSync(incrementOf(dir), 'latin1')).toBe(SET('a', '1') + request('SELECT', '0') + SET('c', '3'));
    const again = await start(dir);
    expect(await call(again, ['MGET', 'a', 'b', 'c'])).toBe('*3\r\n$1\r\n1\r\n$-1\r\n$1\r\n3\r\n');
  });

  test('a transaction that was not written to its end is gone as a whole', async () => {
    const torn = request('MULTI') + SET('a', '2') + SET('b', '2');
    const dir = written({ [NAME]: SET('a', '1') + torn, [MANIFEST]: `file ${NAME} seq 1 type i\n` });
    const server = await start(dir);
    expect(await call(server, ['MGET', 'a', 'b'])).toBe('*2\r\n$1\r\n1\r\n$-1\r\n');
    expect(readFileSync(incrementOf(dir), 'latin1')).toBe(SET('a', '1'));
  });
});

describe('what cannot be used is named, and left as it is', () => {
  const manifest = `file ${NAME} seq 1 type i\n`;
  const cases: readonly [string, Record<string, string>, string][] = [
    ['an end of zeros', { [NAME]: `${SET('a', '1')}${'\x00'.repeat(50)}` }, `at offset ${SET('a', '1').length}`],
    ['a line that is typed', { [NAME]: `${SET('a', '1')}SET b 2\r\n` }, 'Bad file format'],
    ['an unknown command', { [NAME]: SET('a', '1') + request('FROBNICATE') }, 'unknown command'],
    ['a wrong count', { [NAME]: `${SET('a', '1')}*x\r\n` }, 'invalid multibulk length'],
    [
      'a length that swallows what follows',
      { [NAME]: SET('a', '1').replace('$3', '$300') + SET('b', '2') + SET('c', '3') },
      'a length is damaged',
    ],
    ['a snapshot', { [NAME]: 'REDIS0010\xfa\x09redis-ver' }, 'RDB form'],
    ['a manifest that is none', { [NAME]: '', [MANIFEST]: 'file ../../etc/passwd seq 1 type i\n' }, 'line 1'],
    ['a file that is missing', { [MANIFEST]: `file gone.aof seq 1 type i\n` }, 'gone.aof cannot be read'],
    [
      'an end torn off in the middle of the files',
      {
        [NAME]: SET('a', '1').slice(0, -4),
        'appendonly.aof.2.incr.aof': SET('b', '2'),
        [MANIFEST]: `${manifest}file appendonly.aof.2.incr.aof seq 2 type i\n`,
      },
      'though another file follows',
    ],
  ];
  for (const [what, files, why] of cases) {
    test(what, async () => {
      const all: Record<string, string> = { [MANIFEST]: manifest, ...files };
      const dir = written(all);
      expect(await refusal(dir)).toContain(why);
      for (const [name, text] of Object.entries(all)) {
        expect(readFileSync(join(dir, 'appendonlydir', name), 'latin1')).toBe(text);
      }
      expect(existsSync(join(dir, 'appendonlydir', 'vitrine.lock'))).toBe(false);
    });
  }

  test('the offset of the damage is that of the command', async () => {
    const dir = written({ [NAME]: `${SET('a', '1')}${request('FROBNICATE')}${SET('b', '1')}`, [MANIFEST]: manifest });
    expect(await refusal(dir)).toContain(`at offset ${SET('a', '1').length}`);
  });

  test('a log without its manifest', async () => {
    const dir = written({ [NAME]: SET('a', '1') });
    expect(await refusal(dir)).toContain('no manifest names it');
    expect(readFileSync(incrementOf(dir), 'latin1')).toBe(SET('a', '1'));
  });

  test('a log of Redis before 7', async () => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'appendonly.aof'), SET('a', '1'));
    expect(await refusal(dir)).toContain('the form of Redis before 7');
  });

  test('a torn end, where the settings say to keep hands off', async () => {
    const text = SET('a', '1').slice(0, -3);
    const dir = written({ [NAME]: text, [MANIFEST]: manifest });
    expect(await refusal(dir, '--aof-load-truncated', 'no')).toContain('aof-load-truncated is "no"');
    expect(readFileSync(incrementOf(dir), 'latin1')).toBe(text);
  });

  test('a directory that is not there', async () => {
    expect(await refusal('/nowhere/at/all')).toContain('There is no directory /nowhere/at/all');
  });
});

describe('the lock', () => {
  test('a second server is told who has the directory', async () => {
    const dir = temporaryFolder();
    await start(dir);
    expect(await refusal(dir)).toContain('in use by this very process');
  });

  test('a lock of another process that lives is respected, one of a dead process is taken over', async () => {
    const dir = written({});
    const lock = join(dir, 'appendonlydir', 'vitrine.lock');
    const other = spawn('sleep', ['60']);
    await once(other, 'spawn');
    const started = /\d+$/.exec(statOf(other.pid ?? 0))?.[0] ?? '';
    writeFileSync(lock, `${other.pid} ${started}`);
    expect(await refusal(dir)).toContain(`in use by process ${other.pid}`);
    other.kill();
    await once(other, 'exit');
    const server = await start(dir);
    stop(server);
    // A number that came round again: alive, and somebody else.
    writeFileSync(lock, `${process.ppid} 1`);
    if (process.platform === 'linux') await start(dir);
  });
});

/** The process id and the time of its start. */
function statOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return `${pid} `;
  }
}

test('appendfsync may change while the server runs, appendonly may not', async () => {
  const server = await start(temporaryFolder());
  const answers = await call(
    server,
    ['CONFIG', 'SET', 'appendfsync', 'everysec'],
    ['CONFIG', 'SET', 'appendonly', 'no'],
  );
  expect(answers).toMatch(/^\+OK\r\n-ERR CONFIG SET failed .*when the engine starts/);
});

const hasRedis = findRedis()?.startsWith('7.') === true;

describe.runIf(hasRedis)('beside a real redis-server', () => {
  async function withRedis(dir: string, use: (port: number) => Promise<void>): Promise<void> {
    const port = await freePort();
    const flags = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'yes'];
    const child = spawn('redis-server', flags, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await new Promise<void>((resolve, reject) => {
        let said = '';
        child.stdout.on('data', (text) => {
          said += String(text);
          if (said.includes('Ready to accept connections')) resolve();
        });
        child.on('exit', () => {
          reject(new Error(said));
        });
      });
      await use(port);
    } finally {
      child.removeAllListeners('exit');
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }

  const commands = [
    ['SET', 'text', 'some text'],
    ['SET', 'number', '12345'],
    ['SET', 'binary', '\x00\r\n\xff$5'],
    ['SET', 'later', 'x', 'EX', '10000'],
    ['EXPIRE', 'number', '5000'],
    ['INCRBYFLOAT', 'pi', '3.25'],
    ['APPEND', 'text', ' and more'],
    ['SELECT', '3'],
    ['MSET', 'a', '1', 'b', '2'],
    ['MULTI'],
    ['INCR', 'a'],
    ['DEL', 'b'],
    ['EXEC'],
    ['SETEX', 'soon', '9000', 'v'],
  ];
  const questions = [
    ['MGET', 'text', 'number', 'binary', 'later', 'pi'],
    ['PEXPIRETIME', 'later'],
    ['PEXPIRETIME', 'number'],
    ['DBSIZE'],
    ['SELECT', '3'],
    ['MGET', 'a', 'b', 'soon'],
    ['PEXPIRETIME', 'soon'],
    ['DBSIZE'],
  ];

  test('it loads what we wrote, goes on, and we load what it wrote', async () => {
    const dir = temporaryFolder();
    const server = await start(dir);
    await call(server, ...commands);
    const ours = await call(server, ...questions);
    expect(ours).not.toContain('-ERR');
    stop(server);
    await withRedis(dir, async (port) => {
      expect(await call({ port }, ...questions)).toBe(ours);
      await call({ port }, ['SET', 'theirs', 'yes'], ['SET', 'theirs2', '1', 'EX', '1000'], ['DEL', 'pi']);
    });
    const again = await start(dir);
    expect(await call(again, ['MGET', 'theirs', 'pi', 'text'])).toBe(
      '*3\r\n$3\r\nyes\r\n$-1\r\n$18\r\nsome text and more\r\n',
    );
  });

  test('its own directory is refused with a sentence while its base is a snapshot, and read when it is commands', async () => {
    const dir = temporaryFolder();
    await withRedis(dir, async (port) => {
      await call({ port }, ['SET', 'a', 'from redis']);
    });
    expect(await refusal(dir)).toContain('a snapshot in the RDB form');
    await withRedis(dir, async (port) => {
      await call({ port }, ['CONFIG', 'SET', 'aof-use-rdb-preamble', 'no'], ['BGREWRITEAOF']);
      for (let i = 0; i < 200; i++) {
        const info = await call({ port }, ['INFO', 'persistence']);
        if (/aof_rewrite_in_progress:0/.test(info) && /aof_rewrites:1/.test(info)) break;
      }
    });
    const server = await start(dir);
    expect(await call(server, ['GET', 'a'])).toBe('$10\r\nfrom redis\r\n');
  });

  test('a torn file is cut at the same place', async () => {
    const dir = temporaryFolder();
    const server = await start(dir);
    await call(server, ['SET', 'a', '1'], ['SET', 'b', '2']);
    stop(server);
    const path = incrementOf(dir);
    const whole = readFileSync(path);
    const sizes: number[] = [];
    truncateSync(path, whole.length - 3);
    await withRedis(dir, () => Promise.resolve());
    sizes.push(readFileSync(path).length);
    rmSync(path);
    appendFileSync(path, whole.subarray(0, whole.length - 3));
    stop(await start(dir));
    sizes.push(readFileSync(path).length);
    expect(sizes[1]).toBe(sizes[0]);
  });

  test('redis-check-aof has nothing to say against our log', async () => {
    const dir = temporaryFolder();
    const server = await start(dir);
    await call(server, ...commands);
    stop(server);
    const { stdout } = spawnSync('redis-check-aof', [join(dir, 'appendonlydir', MANIFEST)], { encoding: 'utf8' });
    expect(stdout).toMatch(/All AOF files and manifest are valid|AOF is valid|is valid/);
  });
});
