import { SIGNAL_NUMBERS } from '../model/signals.ts';
import type { InitOptions } from './command-line.ts';

const { SIGKILL, SIGSTOP, SIGINT, SIGQUIT, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH, SIGRTMAX } = SIGNAL_NUMBERS;

/** Every signal that a process can have a handler for. */
export const CATCHABLE_SIGNALS: readonly number[] = Array.from({ length: SIGRTMAX }, (_, index) => index + 1).filter(
  (signal) => signal !== SIGKILL && signal !== SIGSTOP,
);

/** What a terminal sends to the whole process group that has it. */
const TYPED: ReadonlySet<number> = new Set([SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH]);

/** By default they stop whoever gets them. */
const STOPPING: ReadonlySet<number> = new Set([SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU]);

export const isStopSignal = (signal: number): boolean => STOPPING.has(signal);

/** A signal that has come, and how often since the last look. */
export interface Arrival {
  readonly signal: number;
  readonly fromProcesses: number;
  readonly fromKernel: number;
}

export type Order =
  | { readonly kind: 'send'; readonly signal: number; readonly toGroup: boolean }
  /** The command has it from the terminal, as we have. */
  | { readonly kind: 'stop'; readonly signal: number };

type ForwardingOptions = Pick<InitOptions, 'delivery' | 'rewrites'>;

function ordersForTyped(signal: number, { delivery, rewrites }: ForwardingOptions): readonly Order[] {
  if (delivery === 'shared') return isStopSignal(signal) ? [{ kind: 'stop', signal }] : [];
  return [{ kind: 'send', signal: rewrites.get(signal) ?? signal, toGroup: true }];
}

/** What is to be done about a signal. */
export function planForwarding({ signal, ...counts }: Arrival, options: ForwardingOptions): readonly Order[] {
  // About our own children: whoever sends it can mean no other.
  if (signal === SIGCHLD) return [];
  const isTyped = counts.fromKernel > 0 && TYPED.has(signal);
  const sent = counts.fromProcesses + (isTyped ? 0 : counts.fromKernel);
  const order: Order = {
    kind: 'send',
    signal: options.rewrites.get(signal) ?? signal,
    toGroup: options.delivery === 'group',
  };
  const orders = [...(isTyped ? ordersForTyped(signal, options) : []), ...Array<Order>(sent).fill(order)];
  return orders.filter((one) => one.signal !== 0);
}
