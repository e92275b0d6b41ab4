import type { SpawnResult } from './spawn-result.ts';

/** What an init needs that stands for one command: calls of the addon beside those of the daemon. */
export interface InitCalls {
  /**
   * From now on these signals are kept for `waitSignals`, other handlers of this process included. Returns those that had
   * no handler before. A crash of this process stays one, and what it sends itself is not kept.
   */
  catchSignals(numbers: readonly number[]): number[];
  /**
   * Blocks this thread, event loop and all, until a signal has come, or at most `timeoutMs` (-1: for ever). Writes 3 numbers a
   * signal into `out`: number, how often processes have sent it, how often the kernel has (a key on the terminal, say).
   * Returns how many signals.
   */
  waitSignals(out: Int32Array, timeoutMs: number): number;
  /**
   * Stops this process, or its whole group, by a signal's default. Returns true after SIGCONT, which `waitSignals` tells, too;
   * false when the kernel did not stop it, as nobody could go on with it.
   */
  stopSelf(signal: number, group: boolean): boolean;
  /** Signal that the kernel sends this process when its parent dies. */
  setPdeathsig(signal: number): void;

  /**
   * Starts a command with this process's environment, user and descriptors, 3 and up included, default signal dispositions
   * and an empty mask; strings hold one byte a character. `paths` are tried as execvp(3) does. `group`: setpgid(0, 0).
   * `terminal`: its descriptor, where the group is to have it, else -1.
   */
  spawnCommand(paths: readonly string[], argv: readonly string[], group: boolean, terminal: number): SpawnResult;
  /** Like `reap`, of children that have stopped, too: kind 3, and the signal's number. */
  reapOrStopped(out: Int32Array): number;
  hasChildren(): boolean;

  /** Descriptor of the controlling terminal, -1 when there is none. */
  openTerminal(): number;
  /** Process group that has the terminal; 0 for one outside of this PID namespace, -1 when there is no telling. */
  foregroundGroup(terminal: number): number;
  /** '' or the errno's name; also from the background. */
  setForegroundGroup(terminal: number, group: number): string;
  /** [process group, session] of this process; 0 for what is outside of its PID namespace. */
  ownGroups(): [number, number];
  /** Writes at most 4096 bytes, if that can be done at once. */
  tell(fd: number, text: string): boolean;
}

export const INIT_METHODS = [
  'catchSignals',
  'waitSignals',
  'stopSelf',
  'setPdeathsig',
  'spawnCommand',
  'reapOrStopped',
  'hasChildren',
  'openTerminal',
  'foregroundGroup',
  'setForegroundGroup',
  'ownGroups',
  'tell',
] as const satisfies readonly (keyof InitCalls)[];
