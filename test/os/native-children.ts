/** Starts programs through the addon and waits for them, for the tests of this folder. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExitStatus } from '../../src/model/exit-status.ts';
import { loadNative, type Native, type SpawnRequest, type SpawnResult } from '../../src/os/native.ts';
import { createReaper, type Reaper } from '../../src/os/reaper.ts';

export const distDirectory = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist');
export const isRoot = process.getuid?.() === 0;
export const NOBODY = 65534;

export interface Exit {
  readonly pid: number;
  readonly status: ExitStatus;
  readonly peakKib: number;
}

export interface Finished {
  readonly result: SpawnResult;
  readonly output: string;
  readonly status: ExitStatus;
}

export interface NativeChildren {
  readonly native: Native;
  readonly reaper: Reaper;
  readonly exits: Map<number, Exit>;
  request(argv: readonly string[], changes?: Partial<SpawnRequest>): SpawnRequest;
  waitForExit(pid: number): Promise<Exit>;
  /** Exits seen so far; not the size of `exits`, as pids are used again. */
  exitCount(): number;
  waitForExitCount(count: number): Promise<void>;
  /** Runs to the end; descriptors 1 and 2 lead to `output`, and so does 5 with `outputFd`. */
  run(argv: readonly string[], changes?: Partial<SpawnRequest>): Promise<Finished>;
}

export const ownEnvironment = (): string[] => Object.entries(process.env).map(([name, value]) => `${name}=${value}`);

export function createNativeChildren(): NativeChildren {
  const native = loadNative(distDirectory);
  const exits = new Map<number, Exit>();
  let exitCount = 0;
  const waiters = new Set<() => void>();
  const reaper = createReaper({
    native,
    onExit: (pid, status, peakKib) => {
      exitCount += 1;
      exits.set(pid, { pid, status, peakKib });
      for (const check of waiters) check();
    },
    onError: (error) => {
      throw error;
    },
  });

  function waitFor<T>(read: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      // Node's signal handlers do not keep the event loop alive by themselves.
      const alive = setInterval(() => undefined, 60_000);
      const check = (): void => {
        const value = read();
        if (value === undefined) return;
        waiters.delete(check);
        clearInterval(alive);
        resolve(value);
      };
      waiters.add(check);
      check();
    });
  }

  const children: NativeChildren = {
    native,
    reaper,
    exits,
    request: (argv, changes = {}) => ({
      file: argv[0] ?? '',
      argv,
      env: ownEnvironment(),
      fds: [-1, -1, -1],
      isolate: 'group',
      ...changes,
    }),
    waitForExit: (pid) => waitFor(() => exits.get(pid)),
    exitCount: () => exitCount,
    waitForExitCount: async (count) => {
      await waitFor(() => (exitCount >= count ? true : undefined));
    },
    async run(argv, changes = {}) {
      const [read, write] = native.pipe(false, false);
      const fds = (changes.fds ?? [-1, -2, -2]).map((fd) => (fd === -2 ? write : fd));
      try {
        const result = native.spawn(children.request(argv, { ...changes, fds }));
        native.close(write);
        const output = readFileSync(read, 'utf8');
        return { result, output, status: (await children.waitForExit(result.pid)).status };
      } finally {
        native.close(read);
      }
    },
  };
  return children;
}
