import type { ExitStatus } from '../model/exit-status.ts';

/** Children whose end somebody waits for. Whoever reaps hands their statuses in. */
export class AwaitedExits {
  readonly #waiting = new Map<number, (status: ExitStatus) => void>();

  /** To be called in the same turn as the spawn, before anything can be reaped. */
  expect(pid: number, onExit: (status: ExitStatus) => void): void {
    this.#waiting.set(pid, onExit);
  }

  /** Whether somebody waits for it. */
  has(pid: number): boolean {
    return this.#waiting.has(pid);
  }

  /** Whether somebody waited for it. */
  handleExit(pid: number, status: ExitStatus): boolean {
    const settle = this.#waiting.get(pid);
    this.#waiting.delete(pid);
    settle?.(status);
    return settle !== undefined;
  }
}
