import { CONDITIONS, type Dependency, type DependencyCondition, type WrittenDependency } from '../model/dependency.ts';
import { findCycle } from '../model/graph.ts';
import { shortNamespec } from '../model/namespec.ts';
import type { GroupConfig, ProcessConfig } from './config.ts';
import type { UnresolvedGroup } from './groups.ts';
import type { Load } from './load.ts';
import type { Place } from './problem.ts';
import type { UnresolvedProcess } from './processes.ts';
import { didYouMean } from './suggest.ts';

const idOf = ({ group, name }: { readonly group: string; readonly name: string }) => `${group}:${name}`;

type Key = 'depends_on' | 'restart_with';

/** Names to processes: a process as `group:name`, a whole group, or every process of a program section. */
class Resolver {
  readonly #load: Load;
  readonly #byName = new Map<string, UnresolvedProcess[]>();

  constructor(load: Load, groups: readonly UnresolvedGroup[]) {
    this.#load = load;
    const processes = groups.flatMap((group) => group.processes);
    // A program of a group by its own name as well; a group that has that name comes first.
    for (const process of processes) this.#collect(process.program, process);
    for (const group of groups) this.#byName.set(group.name, [...group.processes]);
    for (const process of processes) this.#byName.set(idOf(process), [process]);
  }

  #collect(name: string, process: UnresolvedProcess): void {
    const known = this.#byName.get(name);
    if (known === undefined) this.#byName.set(name, [process]);
    else known.push(process);
  }

  find(name: string, of: UnresolvedProcess, key: Key): readonly UnresolvedProcess[] {
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    this.report(of, key, renderUnknown(name, key, [...this.#byName.keys()]));
    return [];
  }

  report(process: UnresolvedProcess, key: Key, text: string): void {
    this.#load.problems.error(this.#placeOf(process, key), text);
  }

  warn(process: UnresolvedProcess, target: UnresolvedProcess, key: Key, text: string): void {
    const { problems } = this.#load;
    if (problems.isSound(target.section)) problems.warning(this.#placeOf(process, key), text);
  }

  #placeOf({ section: name }: UnresolvedProcess, key: Key): Place {
    const { document } = this.#load;
    const section = document.sections.get(name);
    const { file, line } = (section && (document.lookup(section, key) ?? section)) ?? { file: '', line: 0 };
    return { file, line, section: name, key };
  }
}

/** What others call what is a condition here. */
const OTHER_WORDS: Readonly<Record<string, DependencyCondition>> = {
  healthy: 'ready',
  service_healthy: 'ready',
  process_healthy: 'ready',
  service_started: 'started',
  process_started: 'started',
  service_completed_successfully: 'completed',
  process_completed_successfully: 'completed',
  process_completed: 'completed',
  exited: 'completed',
};

/** Of `db:redy` it is told that there is a db. */
function renderUnknown(name: string, key: Key, known: readonly string[]): string {
  const colon = name.lastIndexOf(':');
  const [head, word] = [name.slice(0, Math.max(colon, 0)), name.slice(colon + 1)];
  const withCondition = (names: readonly string[]) =>
    names.flatMap((one) => CONDITIONS.map((last) => `${one}:${last}`));
  if (!known.includes(head)) {
    const candidates = colon < 0 || key === 'restart_with' ? known : [...known, ...withCondition(known)];
    return `there is no program ${name}${didYouMean(name, candidates)}`;
  }
  if (key === 'restart_with') {
    const takes = CONDITIONS.some((condition) => condition === word) ? '; restart_with takes no conditions' : '';
    return `${head} has no process ${word}${takes}${didYouMean(name, known)}`;
  }
  const other = OTHER_WORDS[word.toLowerCase()];
  const near = other === undefined ? name : `${head}:${other}`;
  const hint = didYouMean(near, [...withCondition([head]), ...known.filter((one) => one.startsWith(`${head}:`))]);
  return `${head} has no process ${word}, and the conditions are ${CONDITIONS.join(', ')}${hint}`;
}

/** What is wrong with waiting for a target in this way, and what would be right. */
function reportCondition(
  resolver: Resolver,
  process: UnresolvedProcess,
  target: UnresolvedProcess,
  { name, condition }: { readonly name: string; readonly condition: DependencyCondition },
): void {
  if (condition === 'completed' && target.autorestart === 'true') {
    const text = `${name} never completes, as it has autorestart=true; write oneshot=true there, or ${name}:running`;
    resolver.report(process, 'depends_on', text);
  }
  if (condition === 'ready' && target.ready_check === null && target.health_check === null && !target.oneshot) {
    const text = `${name} has neither a ready_check nor a health_check: it counts as ready when it is RUNNING`;
    resolver.warn(process, target, 'depends_on', `${text}; give it one, or write ${name}:running`);
  }
  if (target.schedule !== null && !target.autostart) {
    const text = `${name} has a schedule, and is started for ${process.program} as well`;
    resolver.warn(process, target, 'depends_on', `${text}; write autostart=true there if that is meant`);
  }
}

function resolveOne(resolver: Resolver, process: UnresolvedProcess, written: WrittenDependency): Dependency[] {
  return resolver.find(written.name, process, 'depends_on').map((target) => {
    const condition = written.condition ?? (target.oneshot ? 'completed' : 'running');
    reportCondition(resolver, process, target, { name: written.name, condition });
    return { id: idOf(target), condition };
  });
}

function resolveProcess(resolver: Resolver, process: UnresolvedProcess): ProcessConfig {
  const restartWith = process.restart_with.filter((name) => name !== '');
  return {
    ...process,
    depends_on: process.depends_on.flatMap((written) => resolveOne(resolver, process, written)),
    restart_with: [...new Set(restartWith.flatMap((name) => resolver.find(name, process, 'restart_with').map(idOf)))],
  };
}

function reportCycle(
  resolver: Resolver,
  processes: ReadonlyMap<string, ProcessConfig>,
  key: Key,
  next: (process: ProcessConfig) => readonly string[],
): void {
  const follow = (id: string) => {
    const process = processes.get(id);
    return process === undefined ? [] : next(process);
  };
  const cycle = findCycle(processes.keys(), follow);
  const [first] = cycle ?? [];
  const process = first === undefined ? undefined : processes.get(first);
  if (cycle === null || first === undefined || process === undefined) return;
  const path = [...cycle, first].map(shortNamespec).join(' -> ');
  const verb = key === 'depends_on' ? 'depends on' : 'restarts with';
  resolver.report(
    { ...process, depends_on: [], restart_with: [] },
    key,
    `${shortNamespec(first)} ${verb} itself: ${path}`,
  );
}

/** Gives names their processes. Unknown names and cycles are problems, told where they stand. */
export function resolveDependencies(load: Load, groups: readonly UnresolvedGroup[]): readonly GroupConfig[] {
  const resolver = new Resolver(load, groups);
  const resolved = groups.map((group) => ({
    ...group,
    processes: group.processes.map((process) => resolveProcess(resolver, process)),
  }));
  const processes = new Map(resolved.flatMap((group) => group.processes).map((process) => [idOf(process), process]));
  reportCycle(resolver, processes, 'depends_on', ({ depends_on }) => depends_on.map(({ id }) => id));
  reportCycle(resolver, processes, 'restart_with', ({ restart_with }) => restart_with);
  return resolved;
}
