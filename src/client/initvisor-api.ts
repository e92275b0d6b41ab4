import type { Call } from './call.ts';
import { MalformedReply } from './errors.ts';
import { isProcessInfoList, type ProcessInfo } from './supervisor-api.ts';
import { isFlag, isNumber, isText, listOf, type StructOf, structOf, type WireValue } from './wire-value.ts';

const RUN = {
  /** Seconds since the epoch; so is `end`, which is 0 while it runs. */
  start: isNumber,
  end: isNumber,
  pid: isNumber,
  /** In words; empty while it runs. */
  how: isText,
  peak_kib: isNumber,
  asked_by: isText,
  last_lines: listOf(isText),
};

const EXPLANATION = {
  name: isText,
  group: isText,
  state: isText,
  /** Seconds since the epoch, 0 for never. */
  since: isNumber,
  spawnerr: isText,
  waits: listOf(isText),
  ready: isFlag,
  /** `none`, `starting`, `healthy` or `unhealthy`. */
  health: isText,
  /** When its schedule starts it next, in seconds since the epoch; 0 without one. */
  next_run: isNumber,
  /** Oldest first. */
  history: listOf(structOf(RUN)),
};

const PLANNED_CHANGE = { name: isText, what: isText, options: listOf(isText) };
const USAGE = {
  name: isText,
  group: isText,
  state: isText,
  /** 0 when none is alive. */
  pid: isNumber,
  /** Percent of one CPU, since the last call. */
  cpu: isNumber,
  memory_kib: isNumber,
  /** How many, itself included. */
  processes: isNumber,
};
const PROBLEM = { name: isText, state: isText, reason: isText };

const GRAPH_NODE = {
  name: isText,
  state: isText,
  ready: isFlag,
  /** What it waits for, in words. */
  waits: listOf(isText),
  depends_on: listOf(structOf({ name: isText, condition: isText, met: isFlag })),
  restart_with: listOf(isText),
};

/** A process with what it depends on. */
export type GraphNode = StructOf<typeof GRAPH_NODE>;
export type Run = StructOf<typeof RUN>;
/** Why a process is in its state. */
export type Explanation = StructOf<typeof EXPLANATION>;
/** What a change of the configuration would do to one process. */
export type PlannedChange = StructOf<typeof PLANNED_CHANGE>;

/** What a process takes together with all that it started. */
export type ProcessUsage = StructOf<typeof USAGE>;

const isExplanation = structOf(EXPLANATION);
const isPlan = listOf(structOf(PLANNED_CHANGE));
const isUsage = listOf(structOf(USAGE));
const isGraph = listOf(structOf(GRAPH_NODE));
const isHealth = structOf({ ok: isFlag, problems: listOf(structOf(PROBLEM)) });

/** initvisor's own methods; a real supervisord refuses each with UNKNOWN_METHOD. */
export function initvisorApi(call: Call) {
  return {
    getVersion: () => call('initvisor.getVersion', [], isText),
    /** What getAllProcessInfo returns, read sooner. @throws MalformedReply */
    async processes(): Promise<readonly ProcessInfo[]> {
      // The check takes anything; the type only says that it came over the wire.
      const infos = JSON.parse(await call('initvisor.processes', [], isText)) as WireValue;
      if (!isProcessInfoList(infos)) throw new MalformedReply('initvisor.processes: not a list of processes');
      return infos;
    },
    /** The newest `bytes` of output that the daemon remembers, also where no log file is kept. */
    tail: (name: string, channel: 'stdout' | 'stderr', bytes: number) =>
      call('initvisor.tail', [name, channel, bytes], isText),
    explain: (name: string) => call('initvisor.explain', [name], isExplanation),
    /** What applying the configuration as it is on disk would do. */
    plan: () => call('initvisor.plan', [], isPlan),
    /** Answers as soon as the condition holds, or false after `timeout` seconds. */
    wait: (name: string, condition: string, timeout: number) =>
      call('initvisor.wait', [name, condition, timeout], isFlag),
    /** What depends on what. */
    graph: () => call('initvisor.graph', [], isGraph),
    /** Gives a program another number of processes. */
    scale: (program: string, processes: number) => call('initvisor.scale', [program, processes], isFlag),
    /** CPU and memory; the first call tells no CPU. */
    usage: () => call('initvisor.usage', [], isUsage),
    /** Whether all runs that should, and what does not. */
    health: () => call('initvisor.health', [], isHealth),
  };
}

export type InitvisorApi = ReturnType<typeof initvisorApi>;
