import { FAULT_CODES } from '../model/faults.ts';

/** Calls a method of the control protocol in this process. */
export type Call = (method: string, params: readonly (string | number | boolean)[]) => Promise<unknown>;

interface Fault {
  readonly code: number;
  readonly message: string;
}

const isFault = (error: unknown): error is Fault =>
  error instanceof Error && 'code' in error && typeof error.code === 'number';

/** Texts of faults about one process. Source: supervisor/web.py. */
const FAULT_TEXTS = new Map<number, string>([
  [FAULT_CODES.NO_FILE, 'no such file'],
  [FAULT_CODES.NOT_EXECUTABLE, 'file not executable'],
  [FAULT_CODES.ALREADY_STARTED, 'already started'],
  [FAULT_CODES.NOT_RUNNING, 'not running'],
  [FAULT_CODES.SPAWN_ERROR, 'spawn error'],
  [FAULT_CODES.ABNORMAL_TERMINATION, 'abnormal termination'],
]);

function renderFault(error: unknown, namespec: string): string {
  if (!isFault(error)) throw error;
  if (error.code === FAULT_CODES.BAD_NAME && namespec !== '') return `No such process named ${namespec}`;
  const fault = `unexpected rpc fault [${error.code}] ${error.message}`;
  return namespec === '' ? fault : `ERROR: Process ${namespec}: ${FAULT_TEXTS.get(error.code) ?? fault}`;
}

interface Action {
  /** Methods called one after the other, with the process's name where it is about one. */
  readonly methods: readonly string[];
  readonly isAboutOne: boolean;
  /** What is said when all of them worked; `about` is the name, or the time. */
  readonly done: (about: string) => string;
}

const one = (methods: readonly string[], done: Action['done']): Action => ({ methods, isAboutOne: true, done });
const all = (methods: readonly string[], done: Action['done']): Action => ({ methods, isAboutOne: false, done });

/** What the page's buttons do. */
const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['start', one(['supervisor.startProcess'], (name) => `Process ${name} started`)],
  ['stop', one(['supervisor.stopProcess'], (name) => `Process ${name} stopped`)],
  ['restart', one(['supervisor.stopProcess', 'supervisor.startProcess'], (name) => `Process ${name} restarted`)],
  ['clearlog', one(['supervisor.clearProcessLogs'], (name) => `Log for ${name} cleared`)],
  ['startall', all(['supervisor.startAllProcesses'], (now) => `All started at ${now}`)],
  ['stopall', all(['supervisor.stopAllProcesses'], (now) => `All stopped at ${now}`)],
  [
    'restartall',
    all(['supervisor.stopAllProcesses', 'supervisor.startAllProcesses'], (now) => `All restarted at ${now}`),
  ],
  ['clearall', all(['supervisor.clearAllProcessLogs'], (now) => `All logs cleared at ${now}`)],
]);

/** Whether a failed method leaves the ones after it to be done: it may have ended since the page was made. */
const isHarmless = (method: string, methods: readonly string[], error: unknown): boolean =>
  isFault(error) && error.code === FAULT_CODES.NOT_RUNNING && method !== methods.at(-1);

/** Does what a button says and returns the message for the page; null for an action that does not exist. */
export async function runAction(call: Call, name: string, namespec: string, now: string): Promise<string | null> {
  const action = ACTIONS.get(name);
  if (action === undefined || (action.isAboutOne && namespec === '')) return null;
  const { methods, isAboutOne, done } = action;
  for (const method of methods) {
    try {
      await call(method, isAboutOne ? [namespec] : []);
    } catch (error) {
      if (!isHarmless(method, methods, error)) return renderFault(error, isAboutOne ? namespec : '');
    }
  }
  return done(isAboutOne ? namespec : now);
}
