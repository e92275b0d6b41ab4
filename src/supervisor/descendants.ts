import type { Clock, MonotonicMs } from '../model/clock.ts';
import type { Family, ProcessSource } from '../os/family.ts';
import type { ProcessStat } from '../os/process-table.ts';
import { memberId } from './policies.ts';

/** A child of ours that we did not start: whoever started it has gone. */
interface Orphan {
  /** Id of the program that it descends from; null when nothing tells. */
  readonly owner: string | null;
  readonly processGroup: number;
  readonly session: number;
}

export interface DescendantsContext {
  readonly source: ProcessSource;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly inheritedEnvironment: Readonly<Record<string, string>>;
  /** Whether a child of ours is neither a program nor an orphan. */
  readonly isOthers: (pid: number) => boolean;
}

interface Sighting {
  readonly owner: string;
  readonly startTicks: number;
}

/** A process that is becoming another program, or ends, for longer than this is taken as it is. */
const UNSURE_MS = 1000;

/** Of more programs than this the trees are found all at once. */
const MANY = 16;

/** While one look is taken others may become orphans, which is looked at again; a chain that forks for ever ends here. */
const MOST_ROUNDS = 10;

/** The program that a process was started for, as its environment says. */
function ownerByEnvironment(environment: readonly string[] | null): string | null {
  const read = (name: string) => environment?.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
  const [group, process] = [read('SUPERVISOR_GROUP_NAME'), read('SUPERVISOR_PROCESS_NAME')];
  return group === undefined || process === undefined ? null : memberId(group, process);
}

/**
 * Which program a process descends from. Each process that is not of a living program's tree hangs, at the end of a chain
 * of living parents, on an orphan; and orphans are our children, as we are PID 1 or a child subreaper. So all that has to
 * be known is whose each orphan is, and only when there is one.
 */
export class Descendants {
  readonly #source: ProcessSource;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #isOthers: (pid: number) => boolean;
  /** Where we are started by a Supervisor ourselves: in the environment of all, so no mark of a program of ours. */
  readonly #inheritedMark: string | null;
  /** Living programs. */
  readonly #leaders = new Map<number, string>();
  readonly #programs = new Set<string>();
  /** By pid, which stays theirs until we reap them. */
  readonly #orphans = new Map<number, Orphan>();
  /** Pids of orphans; an owner without any is not there. */
  readonly #byOwner = new Map<string | null, Set<number>>();
  /** Orphans that may be anybody's, and since when. */
  readonly #unsure = new Map<number, MonotonicMs>();
  /** Process groups and sessions of programs and of their orphans, by the number that the kernel gives nobody else meanwhile. */
  readonly #lineages = new Map<number, string>();
  /** Who was in the trees of programs when these were to stop, by pid. */
  readonly #sightings = new Map<number, Sighting>();
  /** Pids of those, by program. */
  readonly #trees = new Map<string, readonly number[]>();
  /** Of this turn of the event loop; undefined: not read yet. */
  #family: Family | null | undefined;
  #hasLooked = false;
  #self: ProcessStat | null = null;

  constructor({ source, clock, inheritedEnvironment, isOthers }: DescendantsContext) {
    this.#source = source;
    this.#clock = clock;
    this.#isOthers = isOthers;
    const marks = Object.entries(inheritedEnvironment).map(([name, value]) => `${name}=${value}`);
    this.#inheritedMark = ownerByEnvironment(marks);
  }

  add(pid: number, id: string): void {
    this.#leaders.set(pid, id);
    this.#programs.add(id);
  }

  /** The owner of a pid that has been reaped, once; undefined for an orphan. */
  take(pid: number): string | undefined {
    const id = this.#leaders.get(pid);
    if (id === undefined) this.#forgetOrphan(pid);
    // Whoever it left in its process group is known by that.
    else this.#lineages.set(pid, id);
    this.#leaders.delete(pid);
    return id;
  }

  /**
   * Remembers who hangs on living programs, ids by pid: once a program is gone, a session and an environment of their own
   * hide whose they are.
   */
  remember(programs: ReadonlyMap<number, string>): void {
    for (const id of programs.values()) this.forgetTree(id);
    const isMany = programs.size > MANY;
    const family = isMany ? this.#source.readChildren((pid) => this.#isKnown(pid)) : this.#readFamily();
    if (family === null) return;
    for (const [pid, id] of programs) {
      const below = family.childrenOf(pid);
      if (below.length > 0) this.#rememberTree(id, this.#treeFrom(below, family));
    }
  }

  #rememberTree(id: string, tree: readonly ProcessStat[]): void {
    for (const { pid, startTicks } of tree) this.#sightings.set(pid, { owner: id, startTicks });
    this.#trees.set(
      id,
      tree.map(({ pid }) => pid),
    );
  }

  /** Forgets whom `remember` saw. */
  forgetTree(id: string): void {
    for (const pid of this.#trees.get(id) ?? []) this.#sightings.delete(pid);
    this.#trees.delete(id);
  }

  /** Finds out whose each new orphan is, at most once per turn of the event loop; false when that cannot be found out. */
  look(): boolean {
    const family = this.#readFamily();
    if (!this.#hasLooked) this.#examineOrphans(family);
    this.#hasLooked = true;
    return family !== null;
  }

  /** There is an orphan that might be anybody's: to be looked at again soon. */
  get isUnsure(): boolean {
    return this.#unsure.size > 0;
  }

  /** Whether an orphan is there that is a program's or may be, as of the last look. */
  hasOrphans(owner: string | null): boolean {
    return this.isUnsure || this.#byOwner.has(owner);
  }

  /** Owners of all orphans, null among them when nobody owns one; as of the last look. */
  owners(): Set<string | null> {
    return new Set(this.#byOwner.keys());
  }

  isOrphan(pid: number): boolean {
    return this.#orphans.has(pid);
  }

  /** Living orphans of a program and all below them; null when that cannot be found out. */
  find(owner: string | null): ProcessStat[] | null {
    if (!this.look()) return null;
    const family = this.#readFamily();
    return family === null ? null : this.#treeFrom([...(this.#byOwner.get(owner) ?? [])], family);
  }

  /** One reading serves a whole turn of the event loop, however many programs end in it. */
  #readFamily(): Family | null {
    if (this.#family !== undefined) return this.#family;
    queueMicrotask(() => {
      this.#family = undefined;
      this.#hasLooked = false;
    });
    this.#family = this.#source.readFamily();
    return this.#family;
  }

  #treeFrom(roots: readonly number[], family: Pick<Family, 'childrenOf'>): ProcessStat[] {
    const found: ProcessStat[] = [];
    const queue = [...roots];
    const seen = new Set(queue);
    for (const pid of queue) {
      const stat = this.#source.readStat(pid);
      if (stat?.isZombie === false) found.push(stat);
      for (const child of family.childrenOf(pid)) {
        if (!seen.has(child)) queue.push(child);
        seen.add(child);
      }
    }
    return found;
  }

  /** An orphan that is a zombie by now may have left others, who are children of ours since: hence the rounds. */
  #examineOrphans(first: Family | null): void {
    const examined = new Set<number>();
    let family = first;
    for (let round = 0; family !== null && round < MOST_ROUNDS; round++) {
      const unknown = family.own.filter((pid) => !this.#isKnown(pid) && !examined.has(pid));
      if (unknown.length === 0) break;
      for (const pid of unknown) {
        examined.add(pid);
        this.#examine(pid);
      }
      family = this.#source.readFamily();
    }
    this.#prune(family);
  }

  #isKnown(pid: number): boolean {
    return this.#leaders.has(pid) || this.#orphans.has(pid) || this.#isOthers(pid);
  }

  #examine(pid: number): void {
    const stat = this.#source.readStat(pid);
    // Where /proc hides it nothing is known of it but that it is there.
    if (stat === null || stat.isZombie) {
      this.#unsure.delete(pid);
      return;
    }
    const owner = this.#ownerOf(stat);
    const now = this.#clock.monotonicMs();
    const since = this.#unsure.get(pid) ?? now;
    if (owner === undefined && now < since + UNSURE_MS) {
      this.#unsure.set(pid, since);
      return;
    }
    this.#unsure.delete(pid);
    this.#addOrphan(pid, { owner: owner ?? null, processGroup: stat.processGroup, session: stat.session });
  }

  #addOrphan(pid: number, orphan: Orphan): void {
    this.#orphans.set(pid, orphan);
    const others = this.#byOwner.get(orphan.owner);
    if (others === undefined) this.#byOwner.set(orphan.owner, new Set([pid]));
    else others.add(pid);
  }

  /** Undefined when it cannot be told yet. */
  #ownerOf(stat: ProcessStat): string | null | undefined {
    const { pid, startTicks, processGroup, session } = stat;
    const sighting = this.#sightings.get(pid);
    if (sighting?.startTicks === startTicks) return sighting.owner;
    const kin =
      this.#leaders.get(processGroup) ??
      (this.#isOwn('processGroup', processGroup) ? undefined : this.#lineages.get(processGroup)) ??
      (this.#isOwn('session', session) ? undefined : this.#lineages.get(session));
    if (kin !== undefined) return kin;
    const environment = this.#source.readEnvironment(pid);
    if (environment === 'changing') return undefined;
    const marked = ownerByEnvironment(environment);
    return marked !== null && marked !== this.#inheritedMark && this.#programs.has(marked) ? marked : null;
  }

  /** Programs share our session until they start one of their own; 0 is one from outside our PID namespace. */
  #isOwn(kind: 'processGroup' | 'session', id: number): boolean {
    this.#self ??= this.#source.readSelf();
    return id === 0 || id === this.#self?.[kind];
  }

  #forgetOrphan(pid: number): void {
    this.#unsure.delete(pid);
    const orphan = this.#orphans.get(pid);
    if (orphan === undefined) return;
    this.#orphans.delete(pid);
    const others = this.#byOwner.get(orphan.owner);
    others?.delete(pid);
    if (others?.size === 0) this.#byOwner.delete(orphan.owner);
  }

  /** Forgets who is no longer there and was not reaped by us, and numbers that the kernel may give to others by now. */
  #prune(family: Family | null): void {
    this.#lineages.clear();
    if (family === null) {
      this.#unsure.clear();
      return;
    }
    const own = new Set(family.own);
    for (const pid of this.#unsure.keys()) if (!own.has(pid)) this.#unsure.delete(pid);
    for (const [pid, { owner, processGroup, session }] of this.#orphans) {
      if (!own.has(pid)) this.#forgetOrphan(pid);
      else if (owner !== null) {
        this.#lineages.set(processGroup, owner);
        this.#lineages.set(session, owner);
      }
    }
  }
}
