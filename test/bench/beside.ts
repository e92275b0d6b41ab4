import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '../support/control-client.ts';
import { runLoad } from '../support/control-load.ts';
import { waitFor } from '../support/wait-for.ts';
import type { Values } from './scenarios.ts';
import { SOCKET, type Subject } from './subjects.ts';
import { milliseconds, type Trial } from './trial.ts';

/** So many that the 99th of 100 means something. */
const PROGRAMS = 100;
const CLIENTS = 1;
const SECONDS = 10;
const METHOD = 'supervisor.getProcessInfo';

const isProbe = (pid: number): boolean => readFileSync(`/proc/${pid}/comm`, 'latin1').startsWith('probe');

/** Milliseconds from the end of a program to the main of the next, a hundred times, in order of length. */
async function timeRestarts(trial: Trial): Promise<number[]> {
  const times: number[] = [];
  for (const program of trial.programs().filter(isProbe)) {
    const before = trial.stamps().length;
    const killedAt = process.hrtime.bigint();
    process.kill(program, 'SIGKILL');
    const stamps = await trial.waitForStamps(before + 1);
    times.push(milliseconds((stamps.at(-1)?.ns ?? 0n) - killedAt));
  }
  return times.sort((a, b) => a - b);
}

/** How long a restart and an answer take, beside a program that writes flat out or without it. */
export function measureBeside(floods: boolean) {
  return async (trial: Trial, subject: Subject): Promise<Values> => {
    trial.start(subject, { count: PROGRAMS, command: trial.runCommand(), serves: true, floods });
    await trial.waitForStamps(PROGRAMS);
    const address = { socketPath: join(trial.dir, SOCKET) };
    const isUp = async () => {
      const answer = await createClient(address)
        .call('supervisor.getAllProcessInfo')
        .catch(() => null);
      return (JSON.stringify(answer).match(/"RUNNING"/g) ?? []).length === PROGRAMS + (floods ? 1 : 0);
    };
    await waitFor(isUp, 'running programs', 60_000);
    const params = ['p:p_0000'];
    const check = (body: string) => (body.includes('>RUNNING<') ? null : 'it is not running');
    const calls = { address, method: METHOD, params, check, clients: CLIENTS, seconds: SECONDS, keepsAlive: true };
    const { p99Ms, problems } = await runLoad(calls);
    const restarts = await timeRestarts(trial);
    const beside = floods ? 'beside a flood' : 'in peace';
    return {
      [`answer ${beside}, p99 ms`]: p99Ms,
      [`answer ${beside}, kinds of wrong answers`]: problems.length,
      [`restart ${beside}, median ms`]: restarts[Math.floor(restarts.length / 2)] ?? Infinity,
      [`restart ${beside}, p99 ms`]: restarts[Math.floor(restarts.length * 0.99)] ?? Infinity,
    };
  };
}
