import { CONDITIONS, type Dependency, type WrittenDependency } from '../model/dependency.ts';
import { findCycle } from '../model/graph.ts';
import { shortNamespec } from '../model/namespec.ts';
import type { GroupConfig, ProcessConfig } from './config.ts';
import type { UnresolvedGroup } from './groups.ts';
import type { Load } from './load.ts';
import type { UnresolvedProcess } from './processes.ts';
import { suggestName } from './suggest.ts';

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
    const conditions = [...this.#byName.keys()].flatMap((known) => CONDITIONS.map((word) => `${known}:${word}`));
    const near = suggestName(name, name.includes(':') ? conditions : [...this.#byName.keys()]);
    this.report(of, key, `there is no program ${name}${near === null ? '' : `; did you mean '${near}'?`}`);
    return [];
  }

  report(process: UnresolvedProcess, key: Key, text: string): void {
    const section = this.#load.document.sections.get(process.section);
    if (section === undefined) return;
    const { file, line } = this.#load.document.lookup(section, key) ?? section;
    this.#load.problems.error({ file, line, section: process.section, key }, text);
  }

  warn(process: UnresolvedProcess, key: Key, text: string): void {
    const section = this.#load.document.sections.get(process.section);
    if (section === undefined) return;
    const { file, line } = this.#load.document.lookup(section, key) ?? section;
    this.#load.problems.warning({ file, line, section: process.section, key }, text);
  }
}

function resolveOne(resolver: Resolver, process: UnresolvedProcess, written: WrittenDependency): Dependency[] {
  return resolver.find(written.name, process, 'depends_on').map((target) => {
    const condition = written.condition ?? (target.oneshot ? 'completed' : 'running');
    if (condition === 'completed' && target.autorestart === 'true') {
      const text = `${shortNamespec(idOf(target))} never completes, as it has autorestart=true`;
      resolver.report(process, 'depends_on', text);
    }
    if (condition === 'ready' && target.ready_check === null && target.health_check === null && !target.oneshot) {
      const name = shortNamespec(idOf(target));
      resolver.warn(process, 'depends_on', `${name} has no ready_check: it counts as ready when it is RUNNING`);
    }
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
  resolver.report({ ...process, depends_on: [], restart_with: [] }, key, `depends on itself: ${path}`);
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
