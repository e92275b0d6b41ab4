/**
 * The native boundary: what the C addon offers, and its only loader.
 * Every call either returns a result or throws an Error with `code` (errno's name) and `syscall`, as Node's own do.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InitvisorError } from '../model/errors.ts';
import { addonFileName } from './native-file.ts';
import { INIT_METHODS, type InitCalls } from './native-init.ts';
import { RECEIVING_METHODS, type ReceivingCalls } from './native-receive.ts';
import type { SpawnResult } from './spawn-result.ts';
import type { StreamConsole } from './stream-console.ts';

export type { SpawnResult, SpawnStage } from './spawn-result.ts';

/** One program to start. Everything is applied in the child between vfork and exec. */
export interface SpawnRequest {
  /** Path to execute, already looked up. */
  readonly file: string;
  readonly argv: readonly string[];
  /** `NAME=value` each. */
  readonly env: readonly string[];
  /** Child descriptor i is a copy of this process's descriptor fds[i]; every other one is closed. -1 is /dev/null. */
  readonly fds: readonly number[];
  /** `group`: setpgid(0, 0). `session`: setsid. */
  readonly isolate: 'none' | 'group' | 'session';
  readonly cwd?: string;
  readonly umask?: number;
  /** Set in this order: groups, gid, uid. */
  readonly groups?: readonly number[];
  readonly gid?: number;
  readonly uid?: number;
  /** [resource number, soft, hard]; -1 is unlimited. */
  readonly rlimits?: readonly (readonly [number, number, number])[];
  readonly nice?: number;
  readonly oomScoreAdj?: number;
  readonly noNewPrivs?: boolean;
  /** Signal number that the kernel sends when this process dies. */
  readonly pdeathsig?: number;
}

export interface UserEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** Where the pump writes. Ids are small positive integers, reused after close. */
export type SinkId = number;
export type StreamId = number;

export interface FileSinkOptions {
  readonly path: string;
  /** Rotate after the write that reaches it; 0 never. */
  readonly maxBytes: number;
  /** 0 truncates instead of keeping `.1`. */
  readonly backups: number;
}

export interface SinkReport {
  readonly sink: SinkId;
  /** Errno's name of the first failed write or rotation, or null when that works again or after lines were dropped. */
  readonly errno: string | null;
  /** Bytes lost since the last report. */
  readonly lostBytes: number;
}

export interface StreamOptions {
  /** Read end of a pipe; the pump owns and closes it. */
  readonly fd: number;
  /** Null keeps the memory only. */
  readonly sink: SinkId | null;
  /** Hand a copy of every chunk to `onData`. */
  readonly tap: boolean;
  /** Hand every chunk to `onData` and write nothing but what `streamWrite` brings. */
  readonly transform: boolean;
  readonly console: StreamConsole | null;
  /** Bytes of the newest output to remember. */
  readonly memoryBytes: number;
}

export interface PumpEvents {
  /** A tapped stream read `data`; over 256 KiB not yet returned from here the pump reads no more of it. */
  onData(stream: StreamId, data: Buffer): void;
  /** The stream ended: every writer closed it, or it was drained. Its memory stays until `streamForget`. */
  onEnd(stream: StreamId): void;
  onSinkReport(report: SinkReport): void;
}

export interface Native extends InitCalls, ReceivingCalls {
  // Processes
  /** Throws syscall `fork` when no process could be made at all (EAGAIN, ENOMEM). */
  spawn(request: SpawnRequest): SpawnResult;
  /** execve(2): this process goes on as another program, with `file`, `argv` and `env` alone of the request. */
  replaceProcess(request: SpawnRequest): void;
  /**
   * Takes the status of every child that ended, but never that of a pid in `foreign` (children of Node's own child_process).
   * Writes 4 numbers a child into `out`: pid, exit code or signal number, kind (0 code, 1 signal, 2 signal with core),
   * peak resident memory in KiB (0 when it stayed below this process's own, which a child starts out with).
   * Returns how many; `out.length / 4` means: call again. Negative: -1 - count, a foreign child is in the way, call again later.
   */
  reap(out: Int32Array, foreign: Int32Array): number;
  /** kill(2); pid < 0 is a process group. Returns '' or the errno's name (ESRCH…). */
  kill(pid: number, signal: number): string;
  /** Pids, zombies' too; `firstThread`: that one's only. @throws the system call's Error, ENOENT: no lists are kept */
  listChildren(pid: number, firstThread: boolean): number[];
  setChildSubreaper(): void;
  /** Ends this process at once: no handler runs, nothing is flushed. */
  exitNow(status: number): void;
  /** Collects all garbage and gives the pages back; takes some milliseconds. */
  giveMemoryBack(): void;
  /** Starts a session without a terminal, for daemonizing. */
  setsid(): void;
  /**
   * Calls `onExit` once when a process has ended, which need not be a child; does not keep the event loop alive.
   * Throws syscall `pidfd_open`: ESRCH when there is none, ENOSYS or EPERM where the kernel or a filter forbids it.
   */
  watchExit(pid: number, onExit: () => void): void;

  // Descriptors
  /** [read end, write end], both close-on-exec; the flags say which end is non-blocking here. */
  pipe(nonBlockingRead: boolean, nonBlockingWrite: boolean): [number, number];
  close(fd: number): void;
  dup2(from: number, to: number): void;
  /** Bound and listening, close-on-exec. A stale unix path is the caller's business. */
  listenUnix(path: string, backlog: number): number;
  /** IPv4, or an IPv6 address without brackets; with SO_REUSEADDR. An empty host is every IPv4 interface. */
  listenTcp(host: string, port: number, backlog: number): number;
  /** A blocking connection; `timeoutMs` (0: none) limits connecting (ETIMEDOUT) and each read and write (EAGAIN). */
  connectUnix(path: string, timeoutMs: number): number;
  /** The same by name or address, IPv4 or IPv6; throws syscall `getaddrinfo`, ENOTFOUND for an unknown name. */
  connectTcp(host: string, port: number, timeoutMs: number): number;

  /** A non-blocking datagram socket that leads to a local one. */
  connectDatagram(path: string): number;
  /** Never blocks. Returns '' or the errno's name. */
  sendDatagram(fd: number, data: Buffer): string;
  isTerminal(fd: number): boolean;
  /** Opens for reading, close-on-exec, with the rights of a user and group; that takes root. */
  openAs(path: string, uid: number, gid: number): number;

  // Limits and users
  /** [soft, hard]; -1 is unlimited. */
  getRlimit(resource: number): [number, number];
  setRlimit(resource: number, soft: number, hard: number): void;
  userByName(name: string): UserEntry | null;
  userByUid(uid: number): UserEntry | null;
  gidByName(name: string): number | null;
  groupExists(gid: number): boolean;
  /** Every group of the user, `gid` first. Source: getgrouplist(3). */
  groupList(user: string, gid: number): number[];

  // The pump: a thread of its own that moves output from pipes to sinks. Nothing of it keeps the event loop alive.
  pumpStart(events: PumpEvents): void;
  /** Opens now, so that EISDIR and EACCES are known at once; a FIFO without a reader does not block. */
  sinkOpenFile(options: FileSinkOptions): SinkId;
  /**
   * Writes to a descriptor of this process without ever blocking, closing it, or changing its flags.
   * The same number is the same sink, which is closed as often as it was opened.
   * A terminal alone is opened anew by /proc/self/fd, for no other way to write to one never blocks.
   */
  sinkOpenDescriptor(fd: number): SinkId;
  /** Queues bytes after what is queued already; beyond 256 KiB of that whole lines are dropped, counted and reported. */
  sinkWrite(sink: SinkId, data: string): void;
  /** Opens by name again, now, and then closes the old file; on an error that one stays. Nothing on a descriptor. */
  sinkReopen(sink: SinkId): void;
  /** Deletes the file and opens it again, now; a FIFO or device is not deleted. Nothing on a descriptor. */
  sinkClear(sink: SinkId): void;
  /** Written out first; streams that still lead to it are detached. Nothing is reported about it any more. */
  sinkClose(sink: SinkId): void;
  streamOpen(options: StreamOptions): StreamId;
  /** Begins or ends handing copies of what it reads to `onData`. */
  streamTap(stream: StreamId, tap: boolean): void;
  /**
   * Writes to the sink and the console of a stream that is transformed; `last`: nothing comes after it. Nothing is
   * dropped: while these take nothing, no more of the stream is read.
   */
  streamWrite(stream: StreamId, data: Buffer, last: boolean): void;
  /** Takes what is in the pipe now, at most 128 KiB, before whatever is written to a sink next. */
  streamTake(stream: StreamId): void;
  /** Takes what is in the pipe now, then closes it. */
  streamDrain(stream: StreamId): void;
  /** The newest `bytes` of output that are still remembered. */
  streamTail(stream: StreamId, bytes: number): Buffer;
  /** Frees id and memory. A stream that has not ended is closed as it is; no event of it comes any more. */
  streamForget(stream: StreamId): void;
  /** Until as many `false` as `true` the pump is not woken for what it is asked: one wake then serves for all. */
  pumpHold(holds: boolean): void;
  /**
   * Waits at most `timeoutMs` until all that is queued has been written, what is handed to `onData` and `onEnd` in
   * the meantime included. False: something was left.
   */
  pumpFlush(timeoutMs: number): boolean;
  /**
   * Waits at most `timeoutMs` until the pump has done what it was asked for so far, and hands over in this very call
   * what it has read by then. Does nothing while it still owes an earlier answer.
   */
  pumpCatchUp(timeoutMs: number): void;
}

/** Checked on loading, so that an addon left over from another version is told apart at once. */
const METHODS = [
  'spawn',
  'replaceProcess',
  'reap',
  'kill',
  'listChildren',
  'setChildSubreaper',
  'setsid',
  'exitNow',
  'giveMemoryBack',
  'watchExit',
  'pipe',
  'close',
  'dup2',
  'listenUnix',
  'listenTcp',
  'connectUnix',
  'connectTcp',
  'connectDatagram',
  'sendDatagram',
  'isTerminal',
  'openAs',
  'getRlimit',
  'setRlimit',
  'userByName',
  'userByUid',
  'gidByName',
  'groupExists',
  'groupList',
  'pumpStart',
  'sinkOpenFile',
  'sinkOpenDescriptor',
  'sinkWrite',
  'sinkReopen',
  'sinkClear',
  'sinkClose',
  'streamOpen',
  'streamTap',
  'streamWrite',
  'streamTake',
  'streamDrain',
  'streamTail',
  'streamForget',
  'pumpHold',
  'pumpFlush',
  'pumpCatchUp',
  ...INIT_METHODS,
  ...RECEIVING_METHODS,
] as const satisfies readonly (keyof Native)[];

function isNative(value: object): value is Native {
  return METHODS.every((name) => typeof Reflect.get(value, name) === 'function');
}

function loadFile(path: string): Native {
  const loaded: { exports: object } = { exports: {} };
  process.dlopen(loaded, path);
  if (!isNative(loaded.exports)) throw new Error('it was built from another version');
  return loaded.exports;
}

function missing(reason: string, cause?: unknown): InitvisorError {
  const platform = `${process.platform}/${process.arch}`;
  const remedy =
    'in a clone run `npm run build` (needs a C compiler), elsewhere install the package again on this platform';
  return new InitvisorError(
    'NATIVE_MISSING',
    `cannot load the native addon for ${platform}: ${reason}; ${remedy}`,
    cause,
  );
}

/**
 * Loads the addon that lies in `directory` (the bundle's own), or in dist/ when that is the sources' src/bin.
 * @throws InitvisorError NATIVE_MISSING when there is none for this platform or it cannot be loaded.
 */
export function loadNative(directory: string): Native {
  // The C library is found out by trying: asking process.report takes longer than all the rest of the start.
  const paths = [directory, join(directory, '..', '..', 'dist')].flatMap((folder) => [
    join(folder, addonFileName(process.platform, process.arch, 'glibc')),
    join(folder, addonFileName(process.platform, process.arch, 'musl')),
  ]);
  const present = paths.filter((path) => existsSync(path));
  let failure: unknown;
  for (const path of present) {
    try {
      return loadFile(path);
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure === undefined) throw missing(`no ${paths[0]}`);
  throw missing(failure instanceof Error ? failure.message : String(failure), failure);
}
