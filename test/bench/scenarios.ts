import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../support/wait-for.ts';
import { measureBeside } from './beside.ts';
import { measureLogs } from './log-throughput.ts';
import type { Samples } from './report.ts';
import { measureRpc } from './rpc.ts';
import {
  EMPTY_NODE_SUBJECT,
  INITS,
  INITVISOR_SUBJECT,
  ONE_COMMAND,
  ONE_COMMAND_AND_LEAST,
  SUPERVISOR_SUBJECT,
  SUPERVISORS,
  type Subject,
} from './subjects.ts';
import { milliseconds, type Trial } from './trial.ts';

/** Values by metric; what did not come to an end within the time is Infinity. */
export type Values = Readonly<Record<string, number>>;

interface Named {
  readonly name: string;
  readonly rounds: number;
  /** Name of the subject that the others are divided by; the least that Node can do unless told. */
  readonly reference?: string;
}

/** Whole processes as PID 1. */
export interface TrialScenario extends Named {
  readonly subjects: readonly Subject[];
  readonly measure: (trial: Trial, subject: Subject) => Promise<Values>;
}

/** What is run in another way. */
export interface OwnScenario extends Named {
  readonly collect: (rounds: number) => Promise<Samples>;
}

export type Scenario = TrialScenario | OwnScenario;

/** V8 cleans up its heap once, some nine seconds after a start. */
const SETTLE_MS = 12_000;
const IDLE_MS = 10_000;
/** Beyond startsecs, so that a replacement is a restart and no retry. */
const UP_MS = 1200;
const KILLS = 5;
const ORPHANS = 20_000;
const ORPHANS_S = 40;

async function measureStart(trial: Trial, subject: Subject): Promise<Values> {
  trial.start(subject, { count: 1, command: trial.runCommand() });
  const [first] = await trial.waitForStamps(1);
  return { 'exec to first main, ms': milliseconds((first?.ns ?? 0n) - trial.execNs()) };
}

async function measureRestart(trial: Trial, subject: Subject): Promise<Values> {
  trial.start(subject, { count: 1, command: trial.runCommand() });
  const times: number[] = [];
  for (let kills = 1; kills <= KILLS; kills++) {
    await trial.waitForStamps(kills);
    await sleep(UP_MS);
    const [program = 0] = trial.programs();
    const killedAt = process.hrtime.bigint();
    process.kill(program, 'SIGKILL');
    const stamps = await trial.waitForStamps(kills + 1);
    times.push(milliseconds((stamps.at(-1)?.ns ?? 0n) - killedAt));
  }
  return { 'kill to replacement, ms': times.sort((a, b) => a - b)[KILLS >> 1] ?? Infinity };
}

const measureIdle =
  (count: number) =>
  async (trial: Trial, subject: Subject): Promise<Values> => {
    trial.start(subject, { count, command: trial.runCommand() });
    await trial.waitForStamps(count);
    await sleep(SETTLE_MS);
    const anonymous = trial.anonymousKib();
    const before = trial.sleeps();
    await sleep(IDLE_MS);
    return { 'anonymous memory, MB': anonymous / 1024, 'wake-ups in 10 s': trial.sleeps() - before };
  };

async function measureOneCommand(trial: Trial, subject: Subject): Promise<Values> {
  trial.start(subject, { count: 1, command: ['/bin/true'] });
  const endedNs = await trial.waitForEnd();
  return { 'exec to the end of `true`, ms': milliseconds(endedNs - trial.execNs()) };
}

async function measureStop(trial: Trial, subject: Subject): Promise<Values> {
  trial.start(subject, { count: 10, command: trial.runCommand() });
  await trial.waitForStamps(10);
  await sleep(UP_MS);
  return { 'stop of 10, ms': await trial.stop() };
}

async function measureThousand(trial: Trial, subject: Subject): Promise<Values> {
  trial.start(subject, { count: 1000, command: trial.runCommand() });
  const stamps = await trial.waitForStamps(1000);
  const execNs = trial.execNs();
  const upMs = Math.max(...stamps.map(({ ns }) => milliseconds(ns - execNs)));
  await sleep(UP_MS);
  const downMs = await trial.stop();
  return { '1,000 up, ms': upMs, '1,000 down, ms': downMs };
}

async function measureOrphans(trial: Trial, subject: Subject): Promise<Values> {
  trial.start(subject, { count: 1, command: trial.orphansCommand(ORPHANS) });
  await waitFor(() => trial.execNs() !== 0n && trial.programs().length > 0, 'the orphan maker');
  const { most, reapedNs, left } = await trial.watchZombies(ORPHANS_S);
  const begin = trial.stamps()[0]?.ns ?? 0n;
  const reapedMs = reapedNs === null ? Infinity : milliseconds(reapedNs - begin);
  return { 'most zombies': most, 'orphans reaped, ms': reapedMs, [`zombies left after ${ORPHANS_S} s`]: left };
}

const SERVED = { subjects: [INITVISOR_SUBJECT, SUPERVISOR_SUBJECT], rounds: 1, reference: SUPERVISOR_SUBJECT.name };

/** Everything that is compared, with its usual number of rounds. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'start', subjects: SUPERVISORS, rounds: 15, measure: measureStart },
  { name: 'restart', subjects: SUPERVISORS, rounds: 3, measure: measureRestart },
  { name: 'idle', subjects: SUPERVISORS, rounds: 3, measure: measureIdle(10) },
  { name: 'stop', subjects: SUPERVISORS, rounds: 7, measure: measureStop },
  { name: 'thousand', subjects: SUPERVISORS, rounds: 3, measure: measureThousand },
  { name: 'orphans', subjects: INITS, rounds: 1, measure: measureOrphans },
  {
    ...{ name: 'one-command', subjects: ONE_COMMAND_AND_LEAST, rounds: 21 },
    ...{ reference: EMPTY_NODE_SUBJECT.name, measure: measureOneCommand },
  },
  { name: 'one-idle', subjects: ONE_COMMAND, rounds: 1, reference: 'tini', measure: measureIdle(1) },
  { name: 'rpc', ...SERVED, measure: measureRpc(10) },
  { name: 'rpc-200', ...SERVED, measure: measureRpc(200) },
  { name: 'beside-calm', ...SERVED, measure: measureBeside(false) },
  { name: 'beside-flood', ...SERVED, measure: measureBeside(true) },
  { name: 'logs', rounds: 3, reference: 'cat', collect: measureLogs },
];
