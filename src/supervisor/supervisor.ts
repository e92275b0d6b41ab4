import type { Config, GroupConfig, ProcessConfig } from '../config/config.ts';
import type { ExitReason } from '../core/exit-decision.ts';
import { Fleet } from '../core/fleet.ts';
import type { FleetEffect, Member } from '../core/member.ts';
import type { Input, ProcessState, Task } from '../core/process-state.ts';
import { type ExitStatus, renderExitStatus } from '../model/exit-status.ts';
import { Effects } from './effects.ts';
import { memberId, memberSpecOf, poolSpecOf, serverUrlOf } from './policies.ts';
import { type ConfiguredProcess, planReload } from './reload.ts';
import { Scheduler } from './scheduler.ts';
import { StartQueue } from './start-queue.ts';
import type { SupervisorContext } from './supervisor-context.ts';

const idOf = ({ group, process }: ConfiguredProcess): string => memberId(group.name, process.name);

const toMebibytes = (bytes: number): number => Math.round(bytes / 1024 ** 2);

/** The imperative shell: tells the fleet what happened or is wanted, and has its orders run. */
export class Supervisor {
  /** All that belongs to real processes. */
  readonly effects: Effects;
  readonly #context: SupervisorContext;
  readonly #fleet: Fleet;
  readonly #timer: ReturnType<SupervisorContext['createTimer']>;
  readonly #scheduler: Scheduler;
  readonly #startQueue: StartQueue;
  #settling = false;
  #config: Config;

  constructor(config: Config, context: SupervisorContext) {
    this.#config = config;
    this.#context = context;
    this.#fleet = new Fleet({
      budgetMs: () => this.#budgetMs(),
      drainMs: () => this.#config.supervisord.drain_delay * 1000,
      chance: Math.random,
      audience: {
        has: (id) => this.effects.pools.has(this.#groupOf(id)),
        isBusy: (id) => this.effects.pools.isBusy(this.#groupOf(id)),
      },
    });
    this.#startQueue = new StartQueue({ start: (id) => this.#tell(id, { kind: 'start' }), defer: context.defer });
    this.effects = new Effects({
      context,
      serverUrl: serverUrlOf(config),
      feed: (id, input) => this.#feed(id, input),
      isRunning: (id) => this.stateOf(id)?.state === 'RUNNING',
      lastExitOf: (id) => this.stateOf(id)?.leaderExit ?? this.stateOf(id)?.lastExit ?? null,
      onOverMemory: (id, bytes, limit) => {
        const why = `${toMebibytes(bytes)} MB of memory are more than its memory_limit of ${toMebibytes(limit)} MB`;
        this.#obey(this.#fleet.restart(id, 'memory', why, context.clock.monotonicMs()));
      },
      answer: (id, input) => this.#obey(this.#fleet.answer(id, input, context.clock.monotonicMs())),
      identifier: () => this.#config.supervisord.identifier,
      onAnswer: () => {
        if (this.#fleet.isShuttingDown) this.#settleSoon();
      },
      nameOf: (id) => this.#fleet.members.get(id)?.spec.name ?? id,
      policyOf: (id) => this.#fleet.members.get(id)?.spec.policy,
      onShutdownBegan: () => {
        this.#startQueue.clear();
        this.effects.children.aftermath.setBudget(this.#budgetMs());
      },
    });
    this.#timer = context.createTimer(() => this.#settle());
    this.#scheduler = new Scheduler({
      clock: context.clock,
      createTimer: context.createTimer,
      onDue: (id) => this.#obey(this.#fleet.scheduled(id, context.clock.monotonicMs())),
    });
  }

  /** Its groups are those that run; an RPC client may have read newer ones. */
  get config(): Config {
    return this.#config;
  }

  get isShuttingDown(): boolean {
    return this.#fleet.isShuttingDown;
  }

  /** Processes by `group:name`. */
  get members(): ReadonlyMap<string, Member> {
    return this.#fleet.members;
  }

  /** State of a process, by `group:name`. */
  stateOf(id: string): ProcessState | undefined {
    return this.#fleet.members.get(id)?.process;
  }

  /** What a process that is to start waits for, each as text; empty when it waits for nothing. */
  waitsOf(id: string): readonly string[] {
    return this.#fleet.dependencies.waitsOf(id);
  }

  /** Starts what is to start by itself. */
  startAll(): void {
    for (const group of this.#config.groups) {
      for (const process of group.processes) this.#add(group, process);
      // As upstream, a pool hears of itself and of the groups after it.
      this.#applyPool(group);
      this.#emitGroup('PROCESS_GROUP_ADDED', group.name);
    }
    this.#context.emit('SUPERVISOR_STATE_CHANGE_RUNNING', () => '');
    this.#startQueue.push(this.#fleet.autostarts());
    this.#scheduler.apply(this.#config);
  }

  /** Starts a process that is down, as somebody asked for it. */
  start(id: string): void {
    this.effects.history.asked(id, 'request');
    this.#tell(id, { kind: 'start' });
  }

  /** Stops a process, or takes back that it was to start. */
  stop(id: string): void {
    this.#startQueue.clear(id);
    this.#tell(id, { kind: 'stop' });
  }

  /** When its schedule starts a process next, in milliseconds since the epoch; null: it has none. */
  nextRunOf(id: string): number | null {
    return this.#scheduler.nextOf(id);
  }

  /** A child of ours or an orphan has been reaped; `peakKib` is its largest resident memory, 0 when unknown. */
  handleExit(pid: number, status: ExitStatus, peakKib: number): void {
    const id = this.effects.children.take(pid);
    if (id === undefined) this.#handleOrphan(pid, status);
    else this.effects.together(() => this.#handleChild(id, pid, status, peakKib));
  }

  #handleChild(id: string, pid: number, status: ExitStatus, peakKib: number): void {
    const task = this.stateOf(id)?.task;
    if (task === 'program') this.effects.history.ended(id, renderExitStatus(status), peakKib);
    const groupAlive = this.#watchDescendants(id, pid, task);
    if (task !== undefined && !groupAlive) this.effects.inventory.processOf(id)?.catchUp(task);
    this.#tell(id, { kind: 'exited', status, groupAlive });
  }

  /** Ends whoever programs have left at any time, once they are down; `unowned`: also orphans that no program owns. */
  endLeftBehind(unowned: boolean): Promise<void> {
    return this.effects.children.aftermath.begin(unowned);
  }

  /** The first request stops in order, a second one kills. */
  requestShutdown(reason: ExitReason): void {
    const now = this.#context.clock.monotonicMs();
    if (!this.#fleet.isShuttingDown) this.#run(this.#fleet.beginShutdown(reason, now));
    else {
      this.#context.log('warn', 'killing all programs at once');
      this.effects.children.aftermath.hurry();
      this.#run(this.#fleet.killAll(now));
    }
    this.#settleSoon();
  }

  /** Applies another configuration to what it changes, and to nothing else. */
  reload(config: Config): void {
    if (this.#fleet.isShuttingDown) return;
    const plan = planReload(this.#config, config);
    this.#config = config;
    for (const group of plan.removedGroups) {
      this.effects.pools.close(group);
      this.#emitGroup('PROCESS_GROUP_REMOVED', group);
    }
    for (const group of config.groups) {
      this.#applyPool(group);
      if (plan.addedGroups.includes(group.name)) this.#emitGroup('PROCESS_GROUP_ADDED', group.name);
    }
    this.effects.inventory.serverUrl = serverUrlOf(config);
    for (const line of plan.messages) this.#context.log('info', line);
    const now = this.#context.clock.monotonicMs();
    for (const id of plan.removed) this.#run(this.#fleet.retire(id, null, false, now));
    for (const { group, process } of plan.kept) {
      this.effects.inventory.update(group, process);
      this.#run(this.#fleet.update(memberSpecOf(group, process), now));
      this.#watchMemory(memberId(group.name, process.name));
    }
    for (const each of plan.restarted) this.#replace(each, this.#startsAgain(each));
    // One that an earlier reload removed may not be gone yet: it comes back when it is.
    const isLeaving = (each: ConfiguredProcess) => this.#fleet.members.has(idOf(each));
    const [leaving, added] = [plan.added.filter(isLeaving), plan.added.filter((each) => !isLeaving(each))];
    for (const each of leaving) this.#replace(each, each.process.autostart);
    for (const { group, process } of added) this.#add(group, process);
    this.#startQueue.push(added.filter(({ process }) => process.autostart).map(idOf));
    this.#scheduler.apply(config);
    this.#settleSoon();
  }

  /** A new process under the new configuration, once the old one is down. */
  #replace({ group, process }: ConfiguredProcess, start: boolean): void {
    const spec = memberSpecOf(group, process);
    this.effects.inventory.replaceLater(group, process);
    this.effects.history.asked(spec.id, 'reload');
    this.#run(this.#fleet.retire(spec.id, spec, start, this.#context.clock.monotonicMs()));
  }

  /** A changed program comes back when it was up, or starts by itself anyway. */
  #startsAgain(each: ConfiguredProcess): boolean {
    const state = this.stateOf(idOf(each));
    return each.process.autostart || (state !== undefined && state.pid !== 0);
  }

  #watchMemory(id: string): void {
    const { pid = 0, task } = this.stateOf(id) ?? {};
    if (pid !== 0 && task === 'program') this.effects.watchMemory(id, pid);
  }

  #groupOf(id: string): string {
    return this.#fleet.members.get(id)?.spec.group ?? '';
  }

  #applyPool(group: GroupConfig): void {
    const spec = poolSpecOf(group);
    if (spec === null) this.effects.pools.close(group.name);
    else this.effects.pools.open(spec);
  }

  /** Source: supervisor/events.py, whose payload ends with a newline here and nowhere else. */
  #emitGroup(name: 'PROCESS_GROUP_ADDED' | 'PROCESS_GROUP_REMOVED', group: string): void {
    this.#context.emit(name, () => `groupname:${group}\n`);
  }

  #add(group: GroupConfig, process: ProcessConfig): void {
    this.effects.inventory.add(group, process);
    this.#fleet.add(memberSpecOf(group, process));
  }

  #handleOrphan(pid: number, status: ExitStatus): void {
    this.#context.log('info', `reaped unknown pid ${pid} (${renderExitStatus(status)})`);
    this.#settleSoon();
  }

  #watchDescendants(id: string, pid: number, task: Task | undefined): boolean {
    const { children } = this.effects;
    const member = this.#fleet.members.get(id);
    // The command after a stop is no part of what it stops.
    if (member?.process.state === 'STOPPING' && task !== 'post_stop')
      return children.watchDescendants({ id, name: member.spec.name }, pid);
    children.leave(id);
    return false;
  }

  #budgetMs(): number | null {
    const seconds = this.#config.supervisord.shutdown_timeout;
    return seconds === null ? null : seconds * 1000;
  }

  /** Tells the fleet something from outside. */
  #tell(id: string, input: Input): void {
    this.#obey(this.#fleet.handle(id, input, this.#context.clock.monotonicMs()));
  }

  #obey(effects: readonly FleetEffect[]): void {
    this.#run(effects);
    this.#settleSoon();
  }

  #feed(id: string, input: Input): void {
    this.#run(this.#fleet.handle(id, input, this.#context.clock.monotonicMs()));
  }

  #run(effects: readonly FleetEffect[]): void {
    this.effects.run(effects);
  }

  /** Everything that is due, once per turn of the event loop however much has happened in it. */
  #settleSoon(): void {
    if (this.#settling) return;
    this.#settling = true;
    queueMicrotask(() => {
      this.#settling = false;
      this.#settle();
    });
  }

  #settle(): void {
    const { children } = this.effects;
    for (const id of children.takeGone()) {
      this.effects.inventory.processOf(id)?.catchUp(this.stateOf(id)?.task ?? 'program');
      this.#feed(id, { kind: 'groupGone' });
    }
    children.aftermath.settle();
    const now = this.#context.clock.monotonicMs();
    for (const id of this.#fleet.due(now)) this.#feed(id, { kind: 'deadline' });
    this.#run(this.#fleet.tick(now));
    const deadlines = [this.#fleet.nextDeadline(), children.recheckAt(now)].filter((deadline) => deadline !== null);
    this.#timer.set(deadlines.length === 0 ? null : Math.min(...deadlines));
  }
}
