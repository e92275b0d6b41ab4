import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { INITVISOR, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { waitFor } from '../support/wait-for.ts';
import { SUPERVISORD } from './golden.ts';
import { groupByProgram, isOrphan, logEntries, readObserved, withoutChance, withoutSecondKills } from './observe.ts';
import type { Action, Observation, Scenario } from './scenario.ts';

/** Upstream polls once a second, and several daemons share few cores. */
const PATIENCE_MS = 40_000;

const COMMON = `[supervisord]
nodaemon=true
${process.getuid?.() === 0 ? 'user=root' : ''}
logfile=%DIR%/main.log
pidfile=%DIR%/pid
childlogdir=%DIR%/logs
`;

export type Side = 'ours' | 'upstream';

function pidOfProgram(daemon: TestDaemon, program: string): number {
  const pids = [...daemon.output().matchAll(/spawned: '(.+)' with pid (\d+)/g)].filter(([, name]) => name === program);
  return Number(pids.at(-1)?.[2]);
}

async function perform(daemon: TestDaemon, action: Action): Promise<void> {
  switch (action.do) {
    case 'await line': {
      const { pattern, times } = action;
      const found = () => logEntries(daemon.output()).filter((entry) => pattern.test(entry)).length >= times;
      await waitFor(found, `${times} lines with ${pattern}`, PATIENCE_MS, () => daemon.output());
      return;
    }
    case 'await file': {
      const found = () => {
        const text = readObserved(daemon.dir, action.path);
        return text !== null && (action.pattern?.test(text) ?? true);
      };
      await waitFor(found, `${action.pattern ?? 'anything'} in ${action.path}`, PATIENCE_MS, () => daemon.output());
      return;
    }
    case 'signal daemon':
      return daemon.signal(action.signal);
    case 'signal program':
      return void process.kill(pidOfProgram(daemon, action.program), action.signal);
    case 'write':
      return writeFileSync(join(daemon.dir, action.path), action.text.replaceAll('%DIR%', daemon.dir));
    case 'move':
      return renameSync(join(daemon.dir, action.from), join(daemon.dir, action.to));
  }
}

/** Runs a scenario to its end under one of the two programs. */
export async function runScenario(t: TestContext, scenario: Scenario, side: Side): Promise<Observation> {
  const { config, files = {}, modes = {}, env = {}, args = [], asPid1 = false, script, wrapper = [] } = scenario;
  const daemon = startDaemon(t, {
    config: COMMON + config,
    files: { 'logs/.keep': '', ...files },
    modes,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env },
    args,
    asPid1,
    command: ['env', ...wrapper, ...(side === 'upstream' ? [SUPERVISORD] : [process.execPath, INITVISOR])],
  });
  for (const action of script) await perform(daemon, action);
  if (
    !script.some((action) => action.do === 'signal daemon' && action.signal !== 'SIGUSR2' && action.signal !== 'SIGHUP')
  ) {
    daemon.signal('SIGTERM');
  }
  const exit = await daemon.exited;
  const all = logEntries(daemon.output()).map((entry) => withoutChance(entry, daemon.dir));
  const entries = side === 'upstream' ? withoutSecondKills(all) : all;
  return {
    exit,
    log: groupByProgram(asPid1 ? entries : entries.filter((entry) => !isOrphan(entry))),
    ...(scenario.order === undefined ? {} : { order: entries.filter((entry) => scenario.order?.test(entry)) }),
    files: Object.fromEntries((scenario.observe ?? []).map((path) => [path, readObserved(daemon.dir, path)])),
  };
}
