/**
 * The built page over HTTP: the files of `dist/`, found once at the start and served from memory. What is not one of
 * them does not exist, whatever the request's path says; so there is no path to escape from.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { extname, join } from 'node:path';
import { brotliCompressSync, gzipSync, constants } from 'node:zlib';

import { isLoopback } from './addresses.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};
const COMPRESSIBLE = /^(text|application\/(json|manifest)|image\/svg)/;
/** What is smaller than a packet gains nothing. */
const COMPRESS_FROM_BYTES = 1024;

interface Asset {
  readonly path: string;
  readonly type: string;
  readonly bytes: Buffer;
  readonly tag: string;
  /** Its name has a hash of its content, so that it never changes. */
  readonly isImmutable: boolean;
  /** Made when first asked for. */
  readonly compressed: Map<string, Buffer>;
}

export class HttpServer {
  private readonly assets = new Map<string, Asset>();
  private readonly headers: Record<string, string>;
  private readonly servers: Server[] = [];

  constructor(pageDirectory: string) {
    if (existsSync(join(pageDirectory, 'index.html'))) this.collect(pageDirectory, '/');
    else this.add('/index.html', Buffer.from(PAGE_MISSING));
    const index = this.assets.get('/index.html');
    if (index) this.assets.set('/', index);
    this.headers = {
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Content-Security-Policy': policyOf(index?.bytes.toString('utf8') ?? ''),
    };
  }

  /** Rejects when the address is not to be had. */
  listen(host: string, port: number): Promise<void> {
    const isLocal = isLoopback(host);
    const server = createServer({ headersTimeout: 10_000, requestTimeout: 20_000 }, (request, response) => {
      this.answer(request, response, isLocal);
    });
    server.maxHeadersCount = 100;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, ipv6Only: host.includes(':') }, () => {
        server.off('error', reject);
        server.on('error', () => undefined);
        this.servers.push(server);
        resolve();
      });
    });
  }

  close(): void {
    for (const server of this.servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  private answer(request: IncomingMessage, response: ServerResponse, isLocal: boolean): void {
    for (const [name, value] of Object.entries(this.headers)) response.setHeader(name, value);
    if (isLocal && !isOwnName(request.headers.host ?? '')) {
      refuse(response, 421, 'This server answers to localhost and to addresses only.');
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      refuse(response, 405, 'Only GET and HEAD.');
    } else {
      const asset = this.assets.get(pathOf(request.url ?? '/'));
      if (asset) serve(request, response, asset);
      else refuse(response, 404, 'There is no such file.');
    }
  }

  private collect(directory: string, prefix: string): void {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) this.collect(path, `${prefix}${entry.name}/`);
      else if (entry.isFile()) this.add(prefix + entry.name, readFileSync(path));
    }
  }

  private add(path: string, bytes: Buffer): void {
    this.assets.set(path, {
      path,
      type: TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream',
      bytes,
      tag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
      isImmutable: /[-.][\w-]{8}\.\w+$/.test(path) && path.startsWith('/assets/'),
      compressed: new Map(),
    });
  }
}

function serve(request: IncomingMessage, response: ServerResponse, asset: Asset): void {
  response.setHeader('ETag', asset.tag);
  response.setHeader('Cache-Control', asset.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  response.setHeader('Vary', 'Accept-Encoding');
  const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(asset.tag) || known.includes('*')) {
    response.writeHead(304).end();
    return;
  }
  const encoding = encodingFor(request, asset);
  const bytes = encoding === '' ? asset.bytes : compressedWith(encoding, asset);
  if (encoding !== '') response.setHeader('Content-Encoding', encoding);
  response.writeHead(200, { 'Content-Type': asset.type, 'Content-Length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function encodingFor(request: IncomingMessage, asset: Asset): '' | 'br' | 'gzip' {
  if (!COMPRESSIBLE.test(asset.type) || asset.bytes.length < COMPRESS_FROM_BYTES) return '';
  const accepted = String(request.headers['accept-encoding'] ?? '')
    .split(',')
    .filter((word) => !/;\s*q=0(\.0*)?\s*$/.test(word))
    .map((word) => word.split(';')[0].trim().toLowerCase());
  if (accepted.includes('br')) return 'br';
  return accepted.includes('gzip') ? 'gzip' : '';
}

function compressedWith(encoding: 'br' | 'gzip', asset: Asset): Buffer {
  const made = asset.compressed.get(encoding);
  if (made) return made;
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 5 };
  const bytes = encoding === 'br' ? brotliCompressSync(asset.bytes, { params: quality }) : gzipSync(asset.bytes);
  asset.compressed.set(encoding, bytes);
  return bytes;
}

/** The path alone, decoded once. What cannot be decoded names no file. */
function pathOf(url: string): string {
  const path = url.split(/[?#]/, 1)[0];
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return '';
    throw error;
  }
}

/**
 * A page elsewhere can make its own name lead to this machine and then read what it is served. It cannot do so with
 * `localhost` or with an address, so these are the only names answered to.
 */
function isOwnName(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  // Whatever body the request has is not read; the connection ends instead.
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end(`${sentence}\n`);
}

/** The header says what the page's own meta element says, and what only a header can. */
function policyOf(page: string): string {
  const meta = /<meta[^>]+http-equiv="Content-Security-Policy"[^>]*>/i.exec(page)?.[0] ?? '';
  const policy = /content="([^"]*)"/i.exec(meta)?.[1].replaceAll('&#39;', "'") ?? "default-src 'none'";
  return `${policy}; frame-ancestors 'self'`;
}

const PAGE_MISSING = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Vitrine: the page is not built</title>
<h1>The page is not built yet</h1>
<p>The server runs, and redis-cli reaches it. For the page, run <code>npm run build</code> and start the server again;
<code>npm start</code> does both.</p>
</html>
`;
