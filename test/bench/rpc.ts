import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createClient } from '../support/control-client.ts';
import { runLoad } from '../support/control-load.ts';
import { ROOT } from '../support/daemon.ts';
import { waitFor } from '../support/wait-for.ts';
import { median } from './report.ts';
import type { Values } from './scenarios.ts';
import { INITVISOR_SUBJECT, SOCKET, type Subject } from './subjects.ts';
import { quietEnvironment, type Trial } from './trial.ts';

/** Enough to keep the daemon busy while a client reads. */
const FEW_CLIENTS = 4;
const FEW_SECONDS = 5;
const MANY_CLIENTS = 200;
const MANY_SECONDS = 10;
const RUNS = 9;

const METHOD = 'supervisor.getAllProcessInfo';

/** Milliseconds that a program takes, the median of some runs. */
function timeOf(cwd: string, [program, ...args]: readonly [string, ...string[]]): number {
  const times = Array.from({ length: RUNS }, () => {
    const begin = performance.now();
    const { status } = spawnSync(program, args, { cwd, env: quietEnvironment(), stdio: 'ignore' });
    if (status !== 0) throw new Error(`cannot time ${program}: it ended with ${status}`);
    return performance.now() - begin;
  });
  return median(times);
}

/** Clients of `count` programs: calls a second, the 99th of 100 answers, wrong ones, and `status` as a whole process. */
export function measureRpc(count: number) {
  return async (trial: Trial, subject: Subject): Promise<Values> => {
    trial.start(subject, { count, command: trial.runCommand(), serves: true });
    await trial.waitForStamps(count);
    const address = { socketPath: join(trial.dir, SOCKET) };
    const isUp = async () => {
      const answer = await createClient(address)
        .call(METHOD)
        .catch(() => null);
      const running = JSON.stringify(answer).match(/"RUNNING"/g) ?? [];
      return running.length === count;
    };
    await waitFor(isUp, `${count} running programs`, 60_000);
    const check = (body: string) => (body.split('>RUNNING<').length === count + 1 ? null : 'not all are running');
    const load = { address, method: METHOD, check };
    const few = await runLoad({ ...load, clients: FEW_CLIENTS, seconds: FEW_SECONDS, keepsAlive: true });
    const kept = await runLoad({ ...load, clients: MANY_CLIENTS, seconds: MANY_SECONDS, keepsAlive: true });
    const own = await runLoad({ ...load, clients: MANY_CLIENTS, seconds: MANY_SECONDS, keepsAlive: false });
    const ctl: readonly [string, ...string[]] =
      subject === INITVISOR_SUBJECT
        ? [process.execPath, join(ROOT, 'dist/initvisorctl.cjs')]
        : ['/usr/bin/supervisorctl'];
    const all = [few, kept, own];
    return {
      [`${count} programs, calls/s`]: few.perSecond,
      [`${count} programs, p99 ms`]: few.p99Ms,
      [`${count} programs, ${MANY_CLIENTS} clients, calls/s`]: kept.perSecond,
      [`${count} programs, ${MANY_CLIENTS} clients, p99 ms`]: kept.p99Ms,
      [`${count} programs, a connection a call, calls/s`]: own.perSecond,
      [`${count} programs, a connection a call, p99 ms`]: own.p99Ms,
      [`${count} programs, kinds of wrong answers`]: all.flatMap(({ problems }) => problems).length,
      [`${count} programs, status, ms`]: timeOf(trial.dir, [...ctl, '-c', 'supervisord.conf', 'status']),
      [`${count} programs, bare node, ms`]: timeOf(trial.dir, [process.execPath, '-e', '0']),
    };
  };
}
