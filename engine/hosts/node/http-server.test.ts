import { mkdirSync, writeFileSync } from 'node:fs';
import { get as httpGet, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { HttpServer } from './http-server.ts';
import { freePort, removeTemporaryFolders, temporaryFolder } from './test-server.ts';

const SCRIPT = `console.log('hello');\n`.repeat(200);
const INDEX =
  '<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; script-src \'self\'">hello';

let server: HttpServer;
let port = 0;

beforeAll(async () => {
  const parent = temporaryFolder();
  const dist = join(parent, 'dist');
  mkdirSync(join(dist, 'assets'), { recursive: true });
  writeFileSync(join(dist, 'index.html'), INDEX);
  writeFileSync(join(dist, 'assets', 'index-DxY3kQ_a.js'), SCRIPT);
  writeFileSync(join(dist, 'assets', 'font-Abcdefgh.woff2'), Buffer.alloc(5000, 7));
  writeFileSync(join(dist, 'favicon.svg'), '<svg/>');
  writeFileSync(join(dist, '.secret'), 'hidden');
  writeFileSync(join(parent, 'secret.txt'), 'outside');
  server = new HttpServer(dist);
  port = await freePort();
  await server.listen('127.0.0.1', port);
});
afterAll(() => {
  server.close();
  removeTemporaryFolders();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function ask(path: string, headers: Record<string, string> = {}, method = 'GET', at = port): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: at, path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) });
      });
    });
    request.on('error', reject);
    request.end();
  });
}

test('the page comes with its type, its policy and the headers that keep it to itself', async () => {
  const { status, headers, body } = await ask('/');
  expect(status).toBe(200);
  expect(body.toString()).toBe(INDEX);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'content-security-policy': "default-src 'none'; script-src 'self'; frame-ancestors 'self'",
    'cache-control': 'no-cache',
  });
  expect((await ask('/index.html?x=1')).body.toString()).toBe(INDEX);
});

test('what has its hash in its name may be kept for good, with the right type', async () => {
  const script = await ask('/assets/index-DxY3kQ_a.js');
  expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
  expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect((await ask('/assets/font-Abcdefgh.woff2')).headers['content-type']).toBe('font/woff2');
  expect((await ask('/favicon.svg')).headers['cache-control']).toBe('no-cache');
});

test('what the browser has already is not sent again', async () => {
  const { headers } = await ask('/');
  const again = await ask('/', { 'if-none-match': `W/${headers.etag}` });
  expect(again.status).toBe(304);
  expect(again.body).toHaveLength(0);
  expect((await ask('/', { 'if-none-match': '"other"' })).status).toBe(200);
});

test('text is compressed for whoever takes it, fonts are not', async () => {
  const brotli = await ask('/assets/index-DxY3kQ_a.js', { 'accept-encoding': 'gzip, deflate, br' });
  expect(brotli.headers['content-encoding']).toBe('br');
  expect(brotliDecompressSync(brotli.body).toString()).toBe(SCRIPT);
  const gzip = await ask('/assets/index-DxY3kQ_a.js', { 'accept-encoding': 'gzip;q=1, br;q=0' });
  expect(gzip.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(gzip.body).toString()).toBe(SCRIPT);
  const font = await ask('/assets/font-Abcdefgh.woff2', { 'accept-encoding': 'br' });
  expect(font.headers['content-encoding']).toBeUndefined();
});

test('HEAD says the same without the body, and nothing else is allowed', async () => {
  const head = await ask('/', {}, 'HEAD');
  expect(head.status).toBe(200);
  expect(head.headers['content-length']).toBe(String(INDEX.length));
  expect(head.body).toHaveLength(0);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    const refused = await ask('/', {}, method);
    expect(refused.status).toBe(405);
    expect(refused.headers.allow).toBe('GET, HEAD');
  }
});

const outside = [
  ...['/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '//secret.txt', '/assets/../../secret.txt'],
  ...['/.secret', '/%00', '/%', '/assets/', '/assets', '/constructor', '/__proto__', '/\\..\\secret.txt'],
];

test('no path leads out of the folder or to what is hidden in it', async () => {
  for (const path of outside) expect([path, (await ask(path)).status]).toEqual([path, 404]);
});

test('a name that somebody else made lead here is not answered to', async () => {
  const status = async (host: string): Promise<number> => (await ask('/', { host })).status;
  for (const host of ['localhost', `localhost:${port}`, '127.0.0.1:1', '[::1]:80', 'my.localhost', '192.168.1.5']) {
    expect([host, await status(host)]).toEqual([host, 200]);
  }
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'evil.example:8080']) {
    expect([host, await status(host)]).toEqual([host, 421]);
  }
});

test('a request that says two lengths, or drips in, gets no further than the parser', async () => {
  const answer = await new Promise<string>((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      );
    });
    socket.on('data', (part) => (text += part.toString()));
    socket.on('close', () => {
      resolve(text);
    });
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});

test('without a built page a clear one takes its place', async () => {
  const bare = new HttpServer(join(temporaryFolder(), 'dist'));
  const barePort = await freePort();
  await bare.listen('127.0.0.1', barePort);
  try {
    const { status, body } = await ask('/', {}, 'GET', barePort);
    expect(status).toBe(200);
    expect(body.toString()).toContain('npm run build');
  } finally {
    bare.close();
  }
});

test('closing ends a connection that is kept open', async () => {
  const brief = new HttpServer(temporaryFolder());
  const briefPort = await freePort();
  await brief.listen('127.0.0.1', briefPort);
  const ended = new Promise<void>((resolve) => {
    httpGet({ host: '127.0.0.1', port: briefPort, path: '/' }, (response) => {
      response.resume();
      response.socket.on('close', () => {
        resolve();
      });
      response.on('end', () => {
        brief.close();
      });
    });
  });
  await ended;
});
