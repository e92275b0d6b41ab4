import { SIGNAL_NUMBERS } from '../model/signals.ts';
import type { Native } from '../os/native.ts';

const { SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU } = SIGNAL_NUMBERS;

const NO_TERMINAL = -1;

export interface JobControlHost {
  readonly native: Pick<
    Native,
    'kill' | 'stopSelf' | 'openTerminal' | 'foregroundGroup' | 'setForegroundGroup' | 'ownGroups'
  >;
  readonly pid: number;
  /** Whether there are others in this process's group, as in a pipeline. */
  readonly sharesGroup: (group: number) => boolean;
}

/**
 * Stands between a shell with job control and a command with a process group of its own, which so is no job of that shell:
 * hands the terminal on, and stops and goes on with the command. Source: "Implementing a Job Control Shell", libc manual.
 */
export class JobControl {
  readonly #host: JobControlHost;
  readonly #terminal: number;
  readonly #ownGroup: number;
  /** Whether the command gets the terminal whenever it is ours; else once it asks. */
  #passesTerminal: boolean;
  #commandGroup = 0;
  /** Whether the whole command waits for us to go on. */
  #isStopped = false;

  constructor(host: JobControlHost) {
    this.#host = host;
    this.#terminal = host.native.openTerminal();
    const [group, session] = host.native.ownGroups();
    this.#ownGroup = group;
    // Others in our group would lose the terminal with it: the pager of a pipeline, the script that runs us.
    const isAlone = group === host.pid && (session === group || !host.sharesGroup(group));
    this.#passesTerminal = this.#terminal !== NO_TERMINAL && isAlone;
  }

  /** Descriptor of the terminal if the command is to start with it, else -1. */
  get terminalForStart(): number {
    return this.#passesTerminal && this.#hasTerminal(this.#ownGroup) ? this.#terminal : NO_TERMINAL;
  }

  /** The command runs; its pid is also its process group. */
  start(pid: number): void {
    this.#commandGroup = pid;
  }

  /** The command was stopped; `forwarded`: by a signal that it got from us. */
  handleStop(signal: number, forwarded: boolean): void {
    const wantsTerminal = this.#terminal !== NO_TERMINAL && (signal === SIGTTIN || signal === SIGTTOU);
    if (this.#hasTerminal(this.#commandGroup)) this.#stopInForeground(signal);
    else if (forwarded) this.#stop(SIGTSTP, false);
    else if (wantsTerminal && this.#hasTerminal(this.#ownGroup)) {
      this.#passesTerminal = true;
      this.#goOn();
    } else if (wantsTerminal) {
      // In the background, as a whole. Where nobody brings us to the foreground it stays stopped: a next try would end so, too.
      this.#stop(signal, true);
    }
  }

  /** SIGCONT has come; true when the command has been told by that. */
  handleContinue(): boolean {
    if (!this.#isStopped) {
      this.#passOn();
      return false;
    }
    this.#goOn();
    return true;
  }

  /** The command has ended: who comes next finds the terminal as it was. */
  handleEnd(): void {
    if (this.#ownGroup > 0 && this.#hasTerminal(this.#commandGroup)) this.#give(this.#ownGroup);
  }

  /** Ctrl-Z, to all intents: the shell gets the terminal and the prompt. */
  #stopInForeground(signal: number): void {
    this.#give(this.#ownGroup);
    if (this.#stop(SIGTSTP, true)) return;
    // No shell is there to go on with us, as in a container: a key must not end all. What was stopped on purpose stays so.
    if (signal === SIGSTOP) this.#passOn();
    else this.#goOn();
  }

  #stop(signal: number, group: boolean): boolean {
    this.#isStopped = true;
    return this.#host.native.stopSelf(signal, group);
  }

  #goOn(): void {
    this.#isStopped = false;
    this.#passOn();
    this.#host.native.kill(-this.#commandGroup, SIGCONT);
  }

  #passOn(): void {
    if (this.#passesTerminal && this.#hasTerminal(this.#ownGroup)) this.#give(this.#commandGroup);
  }

  #give(group: number): void {
    this.#host.native.setForegroundGroup(this.#terminal, group);
  }

  #hasTerminal(group: number): boolean {
    return this.#terminal !== NO_TERMINAL && this.#host.native.foregroundGroup(this.#terminal) === group;
  }
}
