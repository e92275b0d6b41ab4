import type { Asker as CoreAsker } from '../core/member.ts';
import type { RunRecord } from './facade.ts';

/** Runs of each process that are remembered. */
const REMEMBERED_RUNS = 5;
const REMEMBERED_LINES = 10;
const LINE_LENGTH = 200;

type Asker = CoreAsker | 'autostart' | 'autorestart' | 'retry' | 'request' | 'reload';

interface Life {
  /** Newest last. */
  readonly runs: RunRecord[];
  startedAtMs: number;
  stoppedAtMs: number;
  askedBy: Asker;
}

/** When each process started and ended, how, and who wanted it. */
export class History {
  readonly #lives = new Map<string, Life>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Who asks for the next start; without a word it is the machine itself. */
  asked(id: string, askedBy: Asker): void {
    this.#lifeOf(id).askedBy = askedBy;
  }

  /** A start is tried now. */
  starting(id: string): void {
    const life = this.#lifeOf(id);
    life.startedAtMs = this.#nowMs();
    const run = { startedAtMs: life.startedAtMs, endedAtMs: null, pid: 0, how: '', peakKib: 0, lastLines: [] };
    life.runs.push({ ...run, askedBy: life.askedBy });
    if (life.runs.length > REMEMBERED_RUNS) life.runs.shift();
  }

  spawned(id: string, pid: number): void {
    this.#amend(id, { pid });
  }

  /** No process was made; upstream counts no end either. */
  notSpawned(id: string, reason: string): void {
    this.#amend(id, { endedAtMs: this.#nowMs(), how: reason });
  }

  ended(id: string, how: string, peakKib: number): void {
    const life = this.#lifeOf(id);
    life.stoppedAtMs = this.#nowMs();
    this.#amend(id, { endedAtMs: life.stoppedAtMs, how, peakKib });
  }

  /** The output of the last run, before its memory goes to the next. */
  remember(id: string, output: string): void {
    if (output !== '') this.#amend(id, { lastLines: lastLines(output) });
  }

  forget(id: string): void {
    this.#lives.delete(id);
  }

  /** Milliseconds since the epoch, 0 for never. */
  timesOf(id: string): { readonly startedAtMs: number; readonly stoppedAtMs: number } {
    return this.#lives.get(id) ?? { startedAtMs: 0, stoppedAtMs: 0 };
  }

  /** Oldest first; the newest with `output` where none was remembered yet. */
  runsOf(id: string, output: () => string): readonly RunRecord[] {
    const runs = this.#lives.get(id)?.runs ?? [];
    const newest = runs.at(-1);
    if (newest === undefined || newest.lastLines.length > 0) return runs;
    return [...runs.slice(0, -1), { ...newest, lastLines: lastLines(output()) }];
  }

  #amend(id: string, patch: Partial<RunRecord>): void {
    const runs = this.#lives.get(id)?.runs ?? [];
    const newest = runs.at(-1);
    if (newest !== undefined) runs[runs.length - 1] = { ...newest, ...patch };
  }

  #lifeOf(id: string): Life {
    const known = this.#lives.get(id);
    if (known !== undefined) return known;
    const life: Life = { runs: [], startedAtMs: 0, stoppedAtMs: 0, askedBy: 'autostart' };
    this.#lives.set(id, life);
    return life;
  }
}

function lastLines(output: string): string[] {
  const lines = output.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.slice(-REMEMBERED_LINES).map((line) => line.slice(0, LINE_LENGTH));
}
