import { chmodSync, mkdtempSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from './fds.ts';
import type { Native } from './native.ts';

export interface BoundSocket {
  readonly fd: number;
  /** As in NOTIFY_SOCKET: a path, or `@` and an abstract name. */
  readonly address: string;
  close(): void;
}

type Binding = Pick<Native, 'bindDatagram' | 'close'>;

/** The first is for root; the second can be written to in a container whose root is read-only, and is gone with it. */
export const SOCKET_DIRECTORIES = ['/run', '/dev/shm', '/tmp'] as const;

/** Whatever went before it, so much of it as is there. */
function remove(path: string, folder: string): void {
  for (const step of [() => unlinkSync(path), () => rmdirSync(folder)]) {
    try {
      step();
    } catch {
      // ENOENT: somebody tidied up. EROFS, EACCES: it is not ours to remove any more. Nobody is the worse for it.
    }
  }
}

/**
 * In a folder that only we may list, with a socket that every user may send to: a program that root starts may become
 * another user, so who sent what is for the reader to tell.
 */
function bindIn(directory: string, native: Binding): BoundSocket {
  const folder = mkdtempSync(join(directory, 'initvisor-'));
  const path = join(folder, 'notify');
  let fd: number | null = null;
  try {
    fd = native.bindDatagram(path);
    chmodSync(path, 0o666);
    chmodSync(folder, 0o711);
  } catch (error) {
    if (fd !== null) native.close(fd);
    remove(path, folder);
    throw error;
  }
  const bound = fd;
  return {
    fd: bound,
    address: path,
    close() {
      native.close(bound);
      remove(path, folder);
    },
  };
}

function bindAbstract(native: Binding): BoundSocket {
  // Not a secret: /proc/net/unix lists it. It has to differ from others' in this network namespace.
  const address = `@initvisor-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const fd = native.bindDatagram(address);
  return { fd, address, close: () => native.close(fd) };
}

/**
 * Binds a datagram socket for NOTIFY_SOCKET. A path goes before an abstract name, which needs no file at all, as many
 * programs know paths only: those that use Ruby's sd_notify (Puma, Sidekiq) or Java's SDNotify, for some.
 * @throws the system call's error
 */
export function bindNotifySocket(native: Binding, directories: readonly string[] = SOCKET_DIRECTORIES): BoundSocket {
  for (const directory of directories) {
    try {
      return bindIn(directory, native);
    } catch (error) {
      // It is not there or not writable, or its file system has no sockets: the next one may do.
      if (!isSystemError(error)) throw error;
    }
  }
  return bindAbstract(native);
}
