// What Node would allow: a server that counts the requests in what it reads and answers each with +OK, without looking
// at them. It reads into one buffer and writes once a turn, as Vitrine does; what it reaches, no command costs.
import { createServer, Socket } from 'node:net';

const STAR = 42;
const LINE_END = 10;
const buffer = new Uint8Array(64 * 1024);
const replies = Buffer.from('+OK\r\n'.repeat(4096));
const answers = new Map();

function answer() {
  for (const [socket, requests] of answers) socket.write(replies.subarray(0, requests * 5));
  answers.clear();
}

function serve(handle) {
  const onread = {
    buffer,
    callback(length) {
      let requests = 0;
      for (let at = 0; at < length; at++) {
        if (buffer[at] === STAR && (at === 0 || buffer[at - 1] === LINE_END)) requests++;
      }
      if (answers.size === 0) setImmediate(answer);
      answers.set(socket, (answers.get(socket) ?? 0) + requests);
      return true;
    },
  };
  const socket = new Socket({ handle, onread });
  socket.on('error', () => undefined);
}

const server = createServer({ noDelay: true }, (accepted) => {
  const { _handle: handle } = accepted;
  Object.assign(accepted, { _handle: null });
  serve(handle);
});
server.listen(Number(process.argv[process.argv.indexOf('--port') + 1]), '127.0.0.1', () => {
  console.log('Ready to accept connections');
});
