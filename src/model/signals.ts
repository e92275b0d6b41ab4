/** Linux signal numbers as on x86 and ARM. Source: signal(7). */
export const SIGNAL_NUMBERS = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
  SIGRTMIN: 34,
  SIGRTMAX: 64,
} as const;

export type SignalName = keyof typeof SIGNAL_NUMBERS;

/** Second names of the same numbers. */
export const SIGNAL_ALIASES: Readonly<Record<string, SignalName>> = {
  SIGIOT: 'SIGABRT',
  SIGCLD: 'SIGCHLD',
  SIGPOLL: 'SIGIO',
};

const namesByNumber = new Map<number, SignalName>(
  Object.entries(SIGNAL_NUMBERS).map(([name, number]) => [number, name as SignalName]),
);

/** `SIGTERM` for 15, undefined for a number that has no name. */
export function signalName(number: number): SignalName | undefined {
  return namesByNumber.get(number);
}

/** 15 for `SIGTERM`, `TERM` and `term`; undefined for a name that no signal has. */
export function signalByName(name: string): number | undefined {
  const upper = name.toUpperCase();
  const full = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  const canonical = Object.hasOwn(SIGNAL_ALIASES, full) ? (SIGNAL_ALIASES[full] ?? full) : full;
  const numbers: Readonly<Record<string, number>> = SIGNAL_NUMBERS;
  return Object.hasOwn(numbers, canonical) ? numbers[canonical] : undefined;
}
