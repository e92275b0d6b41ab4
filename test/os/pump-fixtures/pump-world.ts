/** A started pump, a folder of its own and waiting for conditions, for the pump's tests and their child programs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadNative, type Native, type SinkId, type SinkReport, type StreamId } from '../../../src/os/native.ts';
import type { StreamConsole } from '../../../src/os/stream-console.ts';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'dist');

const WAIT_MS = 60_000;
const LOOK_AGAIN_MS = 2;

export interface StreamChanges {
  readonly tap?: boolean;
  readonly memoryBytes?: number;
  readonly console?: StreamConsole;
}

export interface PumpWorld {
  readonly native: Native;
  readonly folder: string;
  readonly ended: Set<StreamId>;
  readonly reports: SinkReport[];
  /** What tapped streams handed over. */
  readonly data: Map<StreamId, Buffer[]>;
  /** Called for every chunk of a tapped stream. */
  onChunk: (stream: StreamId, data: Buffer) => void;
  path(name: string): string;
  /** A stream and the writing end of its pipe. */
  open(sink: SinkId | null, changes?: StreamChanges): { readonly stream: StreamId; readonly writeFd: number };
  /** A stream fed by a shell command. */
  run(command: string, sink: SinkId | null, changes?: StreamChanges): { stream: StreamId; child: ChildProcess };
  waitFor(what: string, condition: () => boolean): Promise<void>;
  waitForEnd(...streams: StreamId[]): Promise<void>;
  /** Returns once the pump has handled all that was asked and read what it was told of before. */
  settle(): void;
  close(): void;
}

export async function waitFor(what: string, condition: () => boolean): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

export function createPumpWorld(): PumpWorld {
  // Another build of the addon, with a sanitizer for one, can be tried.
  const native = loadNative(process.env.INITVISOR_TEST_NATIVE ?? dist);
  const folder = mkdtempSync(join(tmpdir(), 'pump-'));
  const world: PumpWorld = {
    native,
    folder,
    ended: new Set(),
    reports: [],
    data: new Map(),
    onChunk: (stream, data) => world.data.set(stream, [...(world.data.get(stream) ?? []), data]),
    path: (name) => join(folder, name),
    open(sink, changes = {}) {
      const [fd, writeFd] = native.pipe(false, false);
      const stream = native.streamOpen({
        fd,
        sink,
        tap: false,
        transform: false,
        console: null,
        memoryBytes: 65_536,
        ...changes,
      });
      // The id may have been another stream's.
      world.ended.delete(stream);
      world.data.delete(stream);
      return { stream, writeFd };
    },
    run(command, sink, changes = {}) {
      const { stream, writeFd } = world.open(sink, changes);
      const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', writeFd, 'inherit'] });
      native.close(writeFd);
      // A test that failed ends, and with it the pipe, which ends the writer.
      child.unref();
      return { stream, child };
    },
    waitFor,
    waitForEnd: (...streams) => waitFor(`the end of ${streams}`, () => streams.every((id) => world.ended.has(id))),
    settle() {
      if (!native.pumpFlush(WAIT_MS)) throw new Error('the pump did not finish');
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
  native.pumpStart({
    onData: (stream, data) => world.onChunk(stream, data),
    onEnd: (stream) => world.ended.add(stream),
    onSinkReport: (report) => world.reports.push(report),
  });
  return world;
}
