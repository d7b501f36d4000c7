/** The system's own files. */
import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';

import type { Files, OpenFile, OpenMode } from '../../persistence/files.ts';

const FLAGS: Readonly<Record<OpenMode, string>> = { read: 'r', update: 'r+', append: 'a', replace: 'w' };

export const nodeFiles: Files = {
  exists: existsSync,
  read: (path) => readFileSync(path),
  open: (path, mode) => openFile(openSync(path, FLAGS[mode])),
  makeDirectory: (path) => {
    mkdirSync(path);
  },
  syncDirectory: (path) => {
    // Windows opens no directory, and needs no sync of one.
    if (process.platform === 'win32') return;
    const fd = openSync(path, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  },
  rename: renameSync,
  link: linkSync,
  remove: unlinkSync,
};

function openFile(fd: number): OpenFile {
  return {
    size: () => fstatSync(fd).size,
    read: (into, at) => readSync(fd, into, 0, into.length, at),
    write: (bytes) => writeSync(fd, bytes),
    truncate: (length) => {
      ftruncateSync(fd, length);
    },
    syncNow: () => {
      fdatasyncSync(fd);
    },
    sync: () =>
      new Promise((resolve, reject) => {
        fdatasync(fd, (error) => {
          if (error) reject(error);
          else resolve();
        });
      }),
    close: () => {
      closeSync(fd);
    },
  };
}
