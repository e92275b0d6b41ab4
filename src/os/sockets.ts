import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmdirSync,
  type Stats,
  unlinkSync,
} from 'node:fs';
import { constants, hostname } from 'node:os';
import { basename, dirname } from 'node:path';
import { InitvisorError } from '../model/errors.ts';
import type { Log } from '../model/log-level.ts';
import { isSystemError } from './fds.ts';
import type { Native } from './native.ts';

/** Where a control server listens. */
export type ListenAddress =
  | { readonly kind: 'inet'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'unix';
      readonly path: string;
      /** Permission bits. */
      readonly chmod: number;
      readonly chown: { readonly uid: number; readonly gid: number } | null;
    };

/** A socket that accepts connections. Its file is removed only while it is still this one. */
export interface ListeningSocket {
  readonly fd: number;
  readonly address: ListenAddress;
  /** Null on TCP. */
  readonly file: { readonly path: string; readonly device: number; readonly inode: number } | null;
}

export interface OpenContext {
  readonly native: Pick<Native, 'listenUnix' | 'listenTcp' | 'close' | 'userByUid'>;
  readonly log: Log;
}

/** Source: supervisor/http.py supervisor_http_server. */
const BACKLOG = 1024;
/** Bytes of sockaddr_un.sun_path but the last, which is 0. Source: unix(7). */
const MAX_SOCKET_PATH = 107;
/** Tries to take a name that others take and leave at the same time. */
const MAX_TRIES = 5;
/** What link(2) fails with where hard links do not work, or where the kernel protects them. */
const NO_HARD_LINKS: ReadonlySet<string> = new Set([
  'EPERM',
  'EOPNOTSUPP',
  'ENOTSUP',
  'ENOSYS',
  'EMLINK',
  'EXDEV',
  'EINVAL',
]);

const IN_USE =
  'Another program is already listening on a port that one of our HTTP servers is configured to use.  ' +
  'Shut this program down first before starting supervisord.';

function cannotListen(text: string, cause?: unknown): InitvisorError {
  return new InitvisorError('CANNOT_LISTEN', text, cause);
}

/** Source: supervisor/supervisord.py and options.py openhttpservers. */
function explain(error: unknown): unknown {
  if (!isSystemError(error)) return error;
  if (error.code === 'EADDRINUSE') return cannotListen(IN_USE, error);
  const number = new Map<string, number>(Object.entries(constants.errno)).get(error.code);
  const reason = number === undefined ? error.code : `errno.${error.code} (${number})`;
  return cannotListen(`Cannot open an HTTP server: socket.error reported ${reason}`, error);
}

function statIfThere(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** Whether somebody accepts connections there, or might: only a refusal proves that nobody does. */
async function isLive(path: string): Promise<boolean> {
  // Loaded here, as hardly any start needs it.
  const { createConnection } = await import('node:net');
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => resolve(!isSystemError(error) || !['ECONNREFUSED', 'ENOENT'].includes(error.code)));
  });
}

/** @throws InitvisorError when what is there is in use or is no socket */
async function removeStale(path: string, log: Log): Promise<void> {
  const before = statIfThere(path);
  if (before === undefined) return;
  if (!before.isSocket()) {
    throw cannotListen(`cannot open the socket ${path}: what is there is no socket; remove it or choose another file`);
  }
  if (await isLive(path)) throw cannotListen(IN_USE);
  // Another instance may have put its own there while we asked.
  if (statIfThere(path)?.ino !== before.ino) return;
  log('info', `Unlinking stale socket ${path}`);
  unlinkSync(path);
}

/** Gives a socket that is ready its name; nobody can reach it before. Never replaces one that is in use. */
async function publish(temporary: string, path: string, log: Log): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    try {
      linkSync(temporary, path);
      return;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (error.code === 'EEXIST') {
        await removeStale(path, log);
      } else if (NO_HARD_LINKS.has(error.code)) {
        await removeStale(path, log);
        renameSync(temporary, path);
        return;
      } else {
        throw error;
      }
    }
  }
  throw cannotListen(IN_USE);
}

function changeOwner(path: string, address: Extract<ListenAddress, { kind: 'unix' }>, native: OpenContext['native']) {
  if (address.chown === null) return;
  const { uid, gid } = address.chown;
  try {
    chownSync(path, uid, gid);
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EPERM') throw error;
    const us = process.geteuid?.() ?? 0;
    const user = native.userByUid(us)?.name ?? String(us);
    const text =
      `Not permitted to chown ${address.path} to uid/gid (${uid}, ${gid}); adjust "sockchown" value in config file ` +
      `or on command line to values that the current user (${user}) can successfully chown`;
    throw cannotListen(text, error);
  }
}

/** Binds by way of the directory's descriptor where the path is too long for a socket address. */
function listenAt(path: string, native: OpenContext['native']): number {
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return native.listenUnix(path, BACKLOG);
  const directory = openSync(dirname(path), 'r');
  try {
    return native.listenUnix(`/proc/self/fd/${directory}/${basename(path)}`, BACKLOG);
  } finally {
    closeSync(directory);
  }
}

function removeIfThere(path: string): void {
  if (statIfThere(path) !== undefined) unlinkSync(path);
}

/**
 * The socket is made in a directory that only we may enter, and gets its name once owner and permissions are right:
 * a umask is the whole process's, and the logs' thread creates files at the same time.
 */
async function openUnix(
  address: Extract<ListenAddress, { kind: 'unix' }>,
  { native, log }: OpenContext,
): Promise<ListeningSocket> {
  if (Buffer.byteLength(address.path) > MAX_SOCKET_PATH) {
    throw cannotListen(`cannot open the socket ${address.path}: its path is longer than ${MAX_SOCKET_PATH} bytes`);
  }
  const directory = mkdtempSync(`${address.path}.`);
  const temporary = `${directory}/s`;
  let fd: number | null = null;
  try {
    // A umask or a default ACL may have left us other bits.
    chmodSync(directory, 0o700);
    fd = listenAt(temporary, native);
    changeOwner(temporary, address, native);
    chmodSync(temporary, address.chmod);
    const { dev: device, ino: inode } = lstatSync(temporary);
    await publish(temporary, address.path, log);
    return { fd, address, file: { path: address.path, device, inode } };
  } catch (error) {
    if (fd !== null) native.close(fd);
    throw error;
  } finally {
    removeIfThere(temporary);
    rmdirSync(directory);
  }
}

async function openSocket(address: ListenAddress, context: OpenContext): Promise<ListeningSocket> {
  try {
    if (address.kind === 'unix') return await openUnix(address, context);
    const host = address.host.replace(/^\[(.*)\]$/, '$1');
    return { fd: context.native.listenTcp(host, address.port, BACKLOG), address, file: null };
  } catch (error) {
    throw explain(error);
  }
}

/**
 * Opens every socket or none: those before one that fails are closed again.
 * @throws InitvisorError CANNOT_LISTEN with Supervisor's text; the daemon then exits 2.
 * Source: supervisor/options.py openhttpservers, supervisor/http.py supervisor_af_unix_http_server.
 */
export async function openSockets(
  addresses: readonly ListenAddress[],
  context: OpenContext,
): Promise<ListeningSocket[]> {
  const sockets: ListeningSocket[] = [];
  try {
    for (const address of addresses) sockets.push(await openSocket(address, context));
    return sockets;
  } catch (error) {
    removeSocketFiles(sockets);
    for (const { fd } of sockets) context.native.close(fd);
    throw error;
  }
}

/** Removes the files of our own sockets, on the way out; never fails, and leaves what another instance put there. */
export function removeSocketFiles(sockets: readonly ListeningSocket[]): void {
  for (const { file } of sockets) {
    if (file === null) continue;
    try {
      const found = statIfThere(file.path);
      if (found?.ino === file.inode && found.dev === file.device) unlinkSync(file.path);
    } catch {
      // EACCES, EROFS: after a change of user the directory may be closed to us. Nobody is left to tell.
    }
  }
}

/** This machine's own name. */
export function ownHostname(): string {
  return hostname();
}
