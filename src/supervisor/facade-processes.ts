import type { Member } from '../core/member.ts';
import { hasStartAhead } from '../core/process-state.ts';
import { wireExitStatus } from '../model/exit-status.ts';
import { signalName } from '../model/signals.ts';
import { prepareCommand } from '../os/spawn.ts';
import type { Facade, ProcessView, Refusal } from './facade.ts';
import type { FacadeContext } from './facade-context.ts';
import { memberId } from './policies.ts';

type ProcessControl = Pick<
  Facade,
  'list' | 'find' | 'hasGroup' | 'checkCommand' | 'start' | 'stop' | 'signal' | 'onChange' | 'sendStdin' | 'history'
>;

const NOT_FOUND = 127;

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The part of the facade that is about processes. */
export function processControl({ supervisor, log, inheritedEnvironment }: FacadeContext): ProcessControl {
  const { inventory, children, history, listeners } = supervisor.effects;

  // One literal without spreads: monitoring asks for all processes again and again.
  function view({ spec, process, checks }: Member): ProcessView | undefined {
    const { id } = spec;
    const managed = inventory.processOf(id);
    if (managed === undefined) return undefined;
    const { exitCounts, lastExit } = process;
    const { startedAtMs, stoppedAtMs } = history.timesOf(id);
    return {
      id,
      group: spec.group,
      name: spec.name,
      state: process.state,
      pid: process.task === 'program' ? process.pid : 0,
      spawnError: process.spawnError,
      comesBack: hasStartAhead(process),
      nextRunMs: supervisor.nextRunOf(id),
      waits: supervisor.waitsOf(id),
      ready: checks.ready,
      health: checks.health,
      checkDetail: checks.detail,
      exitStatus: exitCounts && lastExit !== null ? wireExitStatus(lastExit) : 0,
      startedAtMs,
      stoppedAtMs,
      logs: managed.logPaths,
      groupPriority: spec.groupPriority,
      config: managed.config,
    };
  }

  function list(): ProcessView[] {
    const views: ProcessView[] = [];
    for (const member of supervisor.members.values()) {
      const found = view(member);
      if (found !== undefined) views.push(found);
    }
    return views;
  }

  function stop(id: string): Refusal {
    supervisor.stop(id);
    const state = supervisor.stateOf(id)?.state;
    return state === 'UNKNOWN' ? { reason: `unknown problem killing ${id}` } : null;
  }

  function signal(id: string, number: number): Refusal {
    const member = supervisor.members.get(id);
    if (member === undefined) return { reason: `no such process ${id}` };
    const { name } = member.spec;
    // While the command before it runs there is nobody to signal.
    const pid = member.process.task === 'program' ? member.process.pid : 0;
    if (pid === 0) return null;
    log('debug', `sending ${name} (pid ${pid}) sig ${signalName(number) ?? number}`);
    const outcome = children.send(name, { pid, signal: number, group: false });
    return outcome.kind === 'failed'
      ? { reason: `unknown problem sending sig ${name} (${pid}): ${outcome.errno}` }
      : null;
  }

  return {
    list: () => list().sort((a, b) => compareText(a.group, b.group) || compareText(a.name, b.name)),
    find(group, name) {
      const member = supervisor.members.get(memberId(group, name));
      return member === undefined ? undefined : view(member);
    },
    hasGroup: (group) => supervisor.config.groups.some(({ name }) => name === group),
    checkCommand(id) {
      const config = inventory.processOf(id)?.config;
      if (config === undefined) return null;
      const { command, environment, directory } = config;
      const found = prepareCommand({ command, environment, directory, inheritedPath: inheritedEnvironment.PATH });
      if (found.ok) return null;
      return { kind: found.exitCode === NOT_FOUND ? 'noFile' : 'notExecutable', text: found.problem };
    },
    start: (id) => supervisor.start(id),
    stop,
    signal,
    onChange: (id, listener) => listeners.add(id, listener),
    sendStdin: (id, text) => inventory.processOf(id)?.writeStdin(text) ?? 'closed',
    history: (id) => history.runsOf(id, () => inventory.newestOutput(id, 2048)),
  };
}
