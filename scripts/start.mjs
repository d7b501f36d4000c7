// `npm start`: from a fresh clone to the running page and server. Flags after `--` are the server's own:
// `npm start -- --port 7000 --appendonly yes`.
import { spawn } from 'node:child_process';

import { buildIfStale, serverBundle } from './build.mjs';
import { ensureInstalled } from './ensure-install.mjs';

ensureInstalled();
buildIfStale();

// Its own process, so that a path in a flag means what it says in the folder where npm was called, and so that nothing
// of the building stays in the server's memory.
const server = spawn(process.execPath, [serverBundle, ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
  stdio: 'inherit',
});
// In a terminal Ctrl-C reaches both; the server alone decides when it has ended, and npm waits for it.
process.on('SIGINT', () => {
  if (!process.stdin.isTTY) server.kill('SIGINT');
});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal));
server.on('error', (error) => {
  console.error(`The server could not be started: ${error.message}`);
  process.exitCode = 1;
});
server.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});
