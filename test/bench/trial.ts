import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childrenOf } from '../support/survivors.ts';
import { waitFor } from '../support/wait-for.ts';
import type { Load, Subject } from './subjects.ts';

/** When a probe came to its main, in nanoseconds of the monotonic clock. */
interface Stamp {
  readonly ns: bigint;
  /** In the namespace of the subject. */
  readonly pid: number;
}

const RECORD_BYTES = 32;
/** More than any subject takes for a thousand programs. */
const PATIENCE_S = 120;

export const milliseconds = (ns: bigint): number => Number(ns) / 1e6;

/**
 * In memory, where there is that: ext4 looks at each file that was deleted in the last minutes whenever it makes one, and
 * trials delete thousands.
 */
function filesystem(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

/** One run of one subject as PID 1 of a namespace of its own. */
export class Trial {
  readonly dir = mkdtempSync(join(filesystem(), 'initvisor-bench-'));
  readonly #probe: string;
  #unshare: ChildProcess | null = null;

  constructor(probe: string) {
    this.#probe = probe;
  }

  /** Command of a program that says when it is up and does nothing. */
  runCommand(): string[] {
    return [this.#probe, 'run', this.#path('stamps')];
  }

  orphansCommand(count: number): string[] {
    return [this.#probe, 'orphans', String(count), this.#path('stamps')];
  }

  start(subject: Subject, load: Omit<Load, 'dir'>): void {
    const command = subject.commandLine({ ...load, dir: this.dir });
    const words = [
      '--pid',
      '--fork',
      '--mount-proc',
      '--kill-child',
      this.#probe,
      'exec',
      this.#path('exec'),
      ...command,
    ];
    this.#unshare = spawn('unshare', words, { cwd: this.dir, env: quietEnvironment(), stdio: 'ignore' });
  }

  /** Moment of the subject's exec. */
  execNs(): bigint {
    return this.#read('exec')[0]?.ns ?? 0n;
  }

  stamps(): Stamp[] {
    return this.#read('stamps');
  }

  async waitForStamps(count: number): Promise<Stamp[]> {
    const size = () => readFileOrEmpty(this.#path('stamps')).length;
    await waitFor(() => size() >= count * RECORD_BYTES, `${count} stamps`, PATIENCE_S * 1000);
    return this.stamps();
  }

  /** Pid of the subject as seen from here. */
  pid(): number {
    const [pid] = childrenOf(this.#unshare?.pid ?? 0);
    if (pid === undefined) throw new Error('cannot find the subject: it has ended');
    return pid;
  }

  programs(): number[] {
    return childrenOf(this.pid());
  }

  /** SIGTERM to the subject; milliseconds until it and all else in its namespace are gone. */
  async stop(): Promise<number> {
    return milliseconds(BigInt((await this.#runProbe('stop', String(this.pid()), String(PATIENCE_S))).trim()));
  }

  /** When the subject had ended by itself, in nanoseconds of the monotonic clock. */
  async waitForEnd(): Promise<bigint> {
    if (this.#unshare !== null) await once(this.#unshare, 'exit');
    return process.hrtime.bigint();
  }

  /** Counts zombies until there are none, for at most `seconds`. */
  async watchZombies(seconds: number): Promise<{ most: number; reapedNs: bigint | null; left: number }> {
    const text = await this.#runProbe('watch', String(this.pid()), this.#path('stamps'), String(seconds));
    const [most = '0', reaped = '0', left = '0'] = text.trim().split(' ');
    return { most: Number(most), reapedNs: reaped === '0' ? null : BigInt(reaped), left: Number(left) };
  }

  /** KiB of anonymous memory that the subject itself has in use. */
  anonymousKib(): number {
    return Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${this.pid()}/status`, 'latin1'))?.[1]);
  }

  /** How often any thread of the subject has gone to sleep so far. */
  sleeps(): number {
    const tasks = `/proc/${this.pid()}/task`;
    const counts = readdirSync(tasks).map((task) => readFileSync(`${tasks}/${task}/status`, 'latin1'));
    return counts.reduce((sum, text) => sum + Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(text)?.[1]), 0);
  }

  /** Nothing of it stays. */
  async end(): Promise<void> {
    const unshare = this.#unshare;
    if (unshare !== null && unshare.exitCode === null && unshare.signalCode === null) {
      unshare.kill('SIGKILL');
      await once(unshare, 'exit');
    }
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }

  async #runProbe(...args: string[]): Promise<string> {
    return (await promisify(execFile)(this.#probe, args)).stdout;
  }

  #path(name: string): string {
    return join(this.dir, name);
  }

  #read(name: string): Stamp[] {
    const records = readFileOrEmpty(this.#path(name)).split('\n').filter(Boolean);
    return records.map((record) => {
      const [ns = '0', pid = '0'] = record.split(' ');
      return { ns: BigInt(ns), pid: Number(pid) };
    });
  }
}

function readFileOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // ENOENT: nobody has got that far yet.
    return '';
  }
}

/** Without what costs time at every start. */
export function quietEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  // Each costs tens of milliseconds at every start of Node.
  for (const name of ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'NODE_V8_COVERAGE']) delete env[name];
  return env;
}
