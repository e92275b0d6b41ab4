import type { Config } from '../config/config.ts';
import type { LoadResult } from '../config/parse.ts';
import type { ExitReason } from '../core/exit-decision.ts';
import { EventBus } from '../events/bus.ts';
import { environmentToStartOver } from '../init/background.ts';
import { endAll } from '../init/last-words.ts';
import type { MemoryKills } from '../init/memory-kills.ts';
import { keepPidfile, onWayOut } from '../init/pidfile.ts';
import { AutoLogs } from '../logging/auto-logs.ts';
import { LogSinks } from '../logging/log-sinks.ts';
import { MainLog } from '../logging/main-log.ts';
import type { Syslog } from '../logging/syslog.ts';
import type { Log, LogMessage } from '../model/log-level.ts';
import { AwaitedExits } from '../os/awaited-exits.ts';
import { createClock, createTimer, holdEventLoop } from '../os/clock.ts';
import { isSystemError } from '../os/fds.ts';
import { createFiles } from '../os/files.ts';
import type { Native, SinkReport } from '../os/native.ts';
import { recordChildren } from '../os/own-children.ts';
import { createReaper } from '../os/reaper.ts';
import type { SignalQueue } from '../os/signal-queue.ts';
import type { CatchableSignal } from '../os/signals.ts';
import { type ListeningSocket, removeSocketFiles } from '../os/sockets.ts';
import { readTreeMemory } from '../os/tree-memory.ts';
import { OutputRoutes } from '../supervisor/output-routes.ts';
import { Supervisor } from '../supervisor/supervisor.ts';
import { Ticker } from '../supervisor/ticker.ts';
import { EventServices } from './event-services.ts';
import { renderSinkReport, tellBySeverity } from './log-messages.ts';
import { createMemoryKills } from './memory-kills.ts';
import { logMistake, surviveMistakes } from './mistakes.ts';
import { type OpenMainLog, openMainLog } from './open-main-log.ts';
import { createSyslog } from './open-syslog.ts';
import { mayColour } from './own-name.ts';
import { createDaemonProber } from './prober.ts';
import { problemLines } from './read-config.ts';
import { startOver } from './start-over.ts';
import { unsupportedYet } from './unsupported-yet.ts';
import { VERSION } from './version.ts';

export interface RunOptions {
  readonly config: Config;
  readonly native: Native;
  readonly env: Readonly<Record<string, string>>;
  readonly inBackground: boolean;
  /** Where it was started, for relative paths of its command line. */
  readonly cwd: string;
  /** For the main log once it is open. */
  readonly messages: readonly LogMessage[];
}

export interface RunSources {
  readonly signals: SignalQueue;
  /** Reads the configuration again; `numprocs` in place of what sections say. */
  readonly reread: (numprocs?: ReadonlyMap<string, number>) => LoadResult;
  /** Sockets of the control servers, in the order of the configuration. */
  readonly sockets: readonly ListeningSocket[];
}

/** The daemon while it runs: the supervisor with everything around it. */
export class Run {
  readonly #native: Native;
  readonly #files = createFiles();
  readonly #clock = createClock();
  readonly #events = new EventBus((error) => logMistake(this.#log.log, error));
  readonly #log: MainLog;
  readonly #sinks: LogSinks;
  readonly #autoLogs: AutoLogs;
  readonly #routes = new OutputRoutes();
  /** Of commands that check on programs. */
  readonly #exits = new AwaitedExits();
  readonly #syslog: Syslog;
  readonly #options: RunOptions;
  readonly #mainLog: OpenMainLog;
  #closeControl: () => void = () => undefined;
  #endNow: () => void = () => undefined;
  readonly #supervisor: Supervisor;
  readonly #eventServices: EventServices;
  readonly #memoryKills: MemoryKills;

  constructor(options: RunOptions) {
    const { config, env, inBackground, messages } = options;
    const children = recordChildren(options.native);
    const { native } = children;
    this.#options = options;
    this.#native = native;
    this.#sinks = new LogSinks(native);
    this.#log = new MainLog(native, this.#clock);
    this.#memoryKills = createMemoryKills(children, this.#log.log, this.#clock);
    native.pumpStart({
      onData: (stream, data) => this.#routes.deliver(stream, data),
      onEnd: (stream) => this.#routes.handleEnd(stream),
      onSinkReport: (report) => this.#reportSink(report),
    });
    this.#syslog = createSyslog(native, this.#clock, this.#log.log);
    this.#mainLog = openMainLog({
      ...{ log: this.#log, sinks: this.#sinks, config, native, syslog: this.#syslog },
      ...{ foreground: !inBackground, colours: mayColour(env) },
    });
    tellBySeverity(this.#log.log, [...messages, ...unsupportedYet(config)]);
    const { childlogdir: directory, identifier } = config.supervisord;
    const randomBytes = (count: number) => Uint8Array.from({ length: count }, () => Math.random() * 256);
    this.#autoLogs = new AutoLogs({ files: this.#files, directory, identifier, randomBytes });
    this.#supervisor = this.#createSupervisor(config, env);
    this.#eventServices = new EventServices({
      ...{ events: this.#events, clock: this.#clock, native, log: this.#log.log, env },
      config: () => this.#supervisor.config,
    });
    this.#eventServices.applyHooks(config);
    if (inBackground) this.#log.log('info', 'daemonizing the supervisord process');
  }

  start({ signals, reread, sockets }: RunSources): void {
    surviveMistakes(this.#log.log);
    const { nocleanup, pidfile } = this.#supervisor.config.supervisord;
    if (!nocleanup) for (const text of this.#autoLogs.clear()) this.#log.log('warn', text);
    this.#native.setChildSubreaper();
    holdEventLoop();
    const reaper = createReaper({
      native: this.#native,
      onExit: (pid, ended, peakKib) => {
        const status = this.#memoryKills.judge(pid, ended);
        if (this.#exits.handleExit(pid, status) || this.#eventServices.handleExit(pid, status)) return;
        this.#supervisor.handleExit(pid, status, peakKib);
      },
      onError: (error) => logMistake(this.#log.log, error),
    });
    this.#writePidfile(pidfile);
    this.#supervisor.startAll();
    reaper.reap();
    setImmediate(() => this.#memoryKills.begin());
    signals.deliverTo((name) => this.#handleSignal(name, reread));
    if (sockets.length > 0) this.#serve(sockets, reread).catch((error: unknown) => logMistake(this.#log.log, error));
  }

  get log(): Log {
    return this.#log.log;
  }

  async #serve(sockets: readonly ListeningSocket[], reread: RunSources['reread']): Promise<void> {
    const { config } = this.#supervisor;
    this.#closeControl = () => removeSocketFiles(sockets);
    onWayOut(() => this.#closeControl());
    const { serveControl } = await import('./control-server.ts');
    await serveControl({
      config,
      sockets,
      log: this.#log.log,
      tracesRequests: () => this.#log.isEnabled('trace'),
      events: this.#eventServices.feed,
      facade: {
        supervisor: this.#supervisor,
        native: this.#native,
        files: this.#files,
        log: this.#log.log,
        emit: this.#events.emit,
        clock: this.#clock,
        inheritedEnvironment: this.#options.env,
        version: VERSION,
        pid: process.pid,
        reread,
        mainLog: this.#mainLog,
      },
    });
  }

  #createSupervisor(config: Config, env: Readonly<Record<string, string>>): Supervisor {
    const clock = this.#clock;
    new Ticker({ events: this.#events, clock, createTimer: (onDue) => createTimer(clock, onDue) });
    return new Supervisor(config, {
      native: this.#native,
      files: this.#files,
      sinks: this.#sinks,
      autoLogs: this.#autoLogs,
      log: this.#log.log,
      emit: this.#events.emit,
      subscribe: (names, handle) => this.#events.subscribe(names, handle),
      readTrees: readTreeMemory,
      prober: createDaemonProber({
        ...{ native: this.#native, log: this.#log.log, exits: this.#exits, streams: this.#routes, env, clock },
        config: () => this.#supervisor.config,
      }),
      clock,
      createTimer: (onDue) => createTimer(clock, onDue),
      defer: (task) => void setImmediate(task),
      inheritedEnvironment: env,
      uid: process.getuid?.() ?? 0,
      tapsOutput: () => this.#log.isEnabled('debug'),
      routes: this.#routes,
      stripAnsi: config.supervisord.strip_ansi,
      syslog: (line) => this.#syslog.send(line),
      colours: mayColour(env),
      isOthers: (pid) => this.#exits.has(pid) || this.#eventServices.owns(pid),
      onFinished: (reason, exitStatus) => this.#finish(reason, exitStatus),
    });
  }

  #handleSignal(name: CatchableSignal, reread: () => LoadResult): void {
    const { log } = this.#log;
    switch (name) {
      case 'SIGTERM':
      case 'SIGINT':
      case 'SIGQUIT':
        log('warn', `received ${name} indicating exit request`);
        this.#endNow();
        this.#supervisor.requestShutdown({ kind: 'requested', by: name });
        break;
      case 'SIGHUP':
        this.#reload(reread);
        break;
      case 'SIGUSR2':
        log('info', 'received SIGUSR2 indicating log reopen request');
        log('info', 'supervisord logreopen');
        this.#sinks.reopenAll();
        break;
      default:
        log('debug', `received ${name}, which means nothing here`);
    }
  }

  #reload(reread: () => LoadResult): void {
    const { log } = this.#log;
    if (this.#supervisor.isShuttingDown) {
      log('warn', 'ignored SIGHUP indicating restart request (shutdown in progress)');
      return;
    }
    log('warn', 'received SIGHUP indicating restart request');
    const result = reread();
    tellBySeverity(this.#log.log, problemLines(result));
    if (!result.ok) {
      log('error', `cannot re-read the configuration: ${result.fatal}; everything stays as it is`);
      return;
    }
    tellBySeverity(this.#log.log, result.config.messages);
    this.#log.setLevel(result.config.supervisord.loglevel);
    this.#eventServices.applyHooks(result.config);
    this.#supervisor.reload(result.config);
  }

  /** Hooks tell of the shutdown, for a moment, then daemons that programs left end; a second request does not wait. */
  #finish(reason: ExitReason, exitStatus: number): void {
    const end = () => this.#end(reason, exitStatus);
    this.#endNow = end;
    const endRest = () => this.#supervisor.endLeftBehind(reason.kind !== 'restart');
    this.#eventServices.drain().then(endRest, endRest).then(end, end);
  }

  #end(reason: ExitReason, exitStatus: number): void {
    const context = {
      native: this.#native,
      files: this.#files,
      log: this.#log.log,
      terminationLog: this.#supervisor.config.supervisord.termination_log,
      outputOf: (id: string, bytes: number) => this.#supervisor.effects.inventory.newestOutput(id, bytes),
    };
    try {
      this.#memoryKills.settle();
      if (reason.kind === 'restart') this.#startOver();
      endAll(context, reason.kind === 'restart' ? { kind: 'requested', by: 'restart' } : reason, exitStatus);
    } finally {
      // Whatever went wrong with the last words, the container ends, and with this status.
      this.#leave(exitStatus);
    }
  }

  /** What waits for the way out (pidfile, sockets) is done, then the kernel frees the rest. */
  #leave(exitStatus: number): never {
    try {
      process.emit('exit', exitStatus);
      this.#native.exitNow(exitStatus);
    } finally {
      process.exit(exitStatus);
    }
  }

  #startOver(): void {
    const { env, inBackground, cwd } = this.#options;
    const close = () => this.#closeControl();
    const environment = environmentToStartOver(env, inBackground);
    startOver({ native: this.#native, env: environment, cwd, close, log: this.#log.log });
  }

  #writePidfile(path: string): void {
    try {
      keepPidfile({ files: this.#files, path, pid: process.pid });
      this.#log.log('info', `supervisord started with pid ${process.pid}`);
    } catch (error) {
      const reason = isSystemError(error) ? `: ${error.code}` : '';
      this.#log.log('critical', `could not write pidfile ${path}${reason}`);
    }
  }

  #reportSink(report: SinkReport): void {
    const message = renderSinkReport(this.#sinks.nameOf(report.sink), report);
    if (message !== null) this.#log.log(message.level, message.text);
  }
}
