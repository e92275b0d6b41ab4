import type { FileSinkOptions, Native, SpawnRequest, SpawnResult, StreamOptions } from '../../src/os/native.ts';
import { OutputRoutes } from '../../src/supervisor/output-routes.ts';

/** What output goes through where a test wants nothing of it. */
export const quietOutput = () => ({
  routes: new OutputRoutes(),
  stripAnsi: false,
  syslog: () => undefined,
  colours: false,
});

/** Error of a system call, as Node and the addon throw them. */
export const systemError = (code: string, syscall = 'call'): Error =>
  Object.assign(new Error(`${code}: ${syscall}`), { code, syscall });

/** The addon in memory: descriptors are counted, nothing is started, and any call can be made to fail. */
export class FakeNative implements Partial<Native> {
  readonly open = new Set<number>();
  readonly spawned: SpawnRequest[] = [];
  readonly files: string[] = [];
  readonly closedSinks: number[] = [];
  readonly reopenedSinks: number[] = [];
  readonly lines: (readonly [sink: number, text: string])[] = [];
  readonly taken: number[] = [];
  readonly drained: number[] = [];
  /** Holds on the pump that have not ended. */
  held = 0;
  readonly forgotten: number[] = [];
  readonly #failures = new Map<string, Error>();
  readonly #streams = new Map<number, StreamOptions>();
  #nextFd = 10;
  #nextId = 1;

  /** From now on `call` throws; null ends that. */
  fail(call: keyof Native, error: Error | null): void {
    if (error === null) this.#failures.delete(call);
    else this.#failures.set(call, error);
  }

  #try(call: keyof Native): void {
    const error = this.#failures.get(call);
    if (error !== undefined) throw error;
  }

  #newFd(): number {
    const fd = this.#nextFd++;
    this.open.add(fd);
    return fd;
  }

  pipe(): [number, number] {
    this.#try('pipe');
    return [this.#newFd(), this.#newFd()];
  }

  close(fd: number): void {
    if (!this.open.delete(fd)) throw systemError('EBADF', 'close');
  }

  spawn(request: SpawnRequest): SpawnResult {
    this.#try('spawn');
    this.spawned.push(request);
    return { pid: 1000 + this.spawned.length };
  }

  userByUid(): null {
    this.#try('userByUid');
    return null;
  }

  groupList(): number[] {
    return [];
  }

  listenUnix(): number {
    this.#try('listenUnix');
    return this.#newFd();
  }

  listenTcp(): number {
    this.#try('listenTcp');
    return this.#newFd();
  }

  sinkOpenFile({ path }: FileSinkOptions): number {
    this.#try('sinkOpenFile');
    this.files.push(path);
    return this.#nextId++;
  }

  sinkOpenDescriptor(fd: number): number {
    return -fd;
  }

  sinkClose(sink: number): void {
    this.closedSinks.push(sink);
  }

  sinkReopen(sink: number): void {
    this.reopenedSinks.push(sink);
  }

  sinkWrite(sink: number, text: string): void {
    this.lines.push([sink, text]);
  }

  streamOpen(options: StreamOptions): number {
    this.#try('streamOpen');
    const id = this.#nextId++;
    this.#streams.set(id, options);
    return id;
  }

  pumpHold(holds: boolean): void {
    this.held += holds ? 1 : -1;
  }

  streamTake(stream: number): void {
    this.taken.push(stream);
  }

  streamDrain(stream: number): void {
    this.drained.push(stream);
    const fd = this.#streams.get(stream)?.fd;
    if (fd !== undefined) this.close(fd);
  }

  streamForget(stream: number): void {
    this.forgotten.push(stream);
    this.#streams.delete(stream);
  }

  streamTail(stream: number): Buffer {
    return Buffer.from(`output of ${stream}\n`);
  }

  /** Streams that have been opened and not forgotten. */
  get streams(): number[] {
    return [...this.#streams.keys()];
  }

  /** For code that wants all of it: a call that is not there fails as such. */
  asNative(): Native {
    return this as unknown as Native;
  }
}
