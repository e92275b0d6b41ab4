import { SIGNAL_NUMBERS, signalName } from './signals.ts';

/** How a process ended: an exit code of 0 to 255, or the number of the signal that killed it. */
export type ExitStatus =
  | { readonly kind: 'code'; readonly code: number }
  | {
      readonly kind: 'signal';
      readonly signal: number;
      readonly coreDumped: boolean;
      /** The kernel sent the signal, for want of memory. */
      readonly outOfMemory?: true;
    };

export const exitedWith = (code: number): ExitStatus => ({ kind: 'code', code });
export const killedBy = (signal: number, coreDumped = false): ExitStatus => ({ kind: 'signal', signal, coreDumped });
export const killedForMemory = (): ExitStatus => ({
  kind: 'signal',
  signal: SIGNAL_NUMBERS.SIGKILL,
  coreDumped: false,
  outOfMemory: true,
});

const OUT_OF_MEMORY = 'killed by the kernel: out of memory';

/** Of the numbers that the addon gives: exit code or signal, and 0 for a code, 1 for a signal, 2 for one with a core. */
export function decodeExitStatus(value: number, kind: number): ExitStatus {
  return kind === 0 ? exitedWith(value) : killedBy(value, kind === 2);
}

/** `exit status 1`, `terminated by SIGKILL`. Source: supervisor/options.py decode_wait_status. */
export function renderExitStatus(status: ExitStatus): string {
  if (status.kind === 'code') return `exit status ${status.code}`;
  if (status.outOfMemory === true) return OUT_OF_MEMORY;
  const name = signalName(status.signal) ?? `signal ${status.signal}`;
  return `terminated by ${name}${status.coreDumped ? ' (core dumped)' : ''}`;
}

/** A reason of Supervisor's wording, which does not know this one. */
export function withMemoryKill(why: string, status: ExitStatus | null): string {
  return status?.kind === 'signal' && status.outOfMemory === true ? `${why}; ${OUT_OF_MEMORY}` : why;
}

/** What clients are told: the exit code, or -1 after a signal. */
export function wireExitStatus(status: ExitStatus): number {
  return status.kind === 'code' ? status.code : -1;
}

/** The exit status that a shell gives for it: the code, or 128 + signal. */
export function shellExitStatus(status: ExitStatus): number {
  return status.kind === 'code' ? status.code : 128 + status.signal;
}
