import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';

/** The few file operations of the daemon itself. Each throws Node's own error, with `code`. */
export interface Files {
  /** Creates an empty file with these permission bits; EEXIST when it is there. */
  createExclusively(path: string, mode: number): void;
  exists(path: string): boolean;
  /** When it was last written, in milliseconds since the epoch. */
  modifiedMs(path: string): number;
  /** Names in a directory. */
  list(directory: string): string[];
  read(path: string): string;
  /** At most `length` bytes from `start` on; fewer at the end. */
  readRange(path: string, start: number, length: number): Buffer;
  remove(path: string): void;
  /** Bytes. */
  size(path: string): number;
  /** Permission bits. */
  setMode(path: string, mode: number): void;
  /** -1 leaves uid or gid as it is. */
  setOwner(path: string, uid: number, gid: number): void;
  write(path: string, text: string): void;
  /** Writes what an open descriptor has room for; returns how many bytes. */
  writeToDescriptor(fd: number, data: string | Buffer): number;
}

function readRange(path: string, start: number, length: number): Buffer {
  const fd = openSync(path, 'r');
  try {
    const wanted = Math.max(0, Math.min(length, fstatSync(fd).size - start));
    const buffer = Buffer.allocUnsafe(wanted);
    let filled = 0;
    while (filled < wanted) {
      const count = readSync(fd, buffer, filled, wanted - filled, start + filled);
      if (count === 0) break;
      filled += count;
    }
    return buffer.subarray(0, filled);
  } finally {
    closeSync(fd);
  }
}

/** A FIFO that nobody reads, and a full pipe behind /dev/stdout, are errors (ENXIO, EAGAIN): they would hold us for ever. */
function writeWithoutWaiting(path: string, text: string): void {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NONBLOCK } = constants;
  const fd = openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, 0o666);
  try {
    writeFileSync(fd, text);
  } finally {
    closeSync(fd);
  }
}

export function createFiles(): Files {
  return {
    createExclusively: (path, mode) => closeSync(openSync(path, 'wx', mode)),
    exists: existsSync,
    list: (directory) => readdirSync(directory),
    modifiedMs: (path) => statSync(path).mtimeMs,
    read: (path) => readFileSync(path, 'utf8'),
    readRange,
    remove: unlinkSync,
    size: (path) => statSync(path).size,
    setMode: chmodSync,
    setOwner: chownSync,
    write: writeWithoutWaiting,
    writeToDescriptor: (fd, data) => writeSync(fd, Buffer.from(data)),
  };
}
