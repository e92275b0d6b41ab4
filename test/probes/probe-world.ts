/** Everything that checks are carried out with, all of it real. */
import { readdirSync, readlinkSync } from 'node:fs';
import type { PolledProbe } from '../../src/model/probe-spec.ts';
import { AwaitedExits } from '../../src/os/awaited-exits.ts';
import { createClock, holdEventLoop, runAfter } from '../../src/os/clock.ts';
import { loadNative, type Native } from '../../src/os/native.ts';
import { createReaper } from '../../src/os/reaper.ts';
import {
  type PolledProbeContext,
  type ProbeResult,
  type ProbeRuntime,
  startPolledProbe,
} from '../../src/probes/polled.ts';
import { OutputRoutes } from '../../src/supervisor/output-routes.ts';
import { distDirectory } from '../os/native-children.ts';

/** Far longer than anything takes that comes to an end by itself. */
export const LONG_MS = 60_000;
/** For what never does. */
export const SHORT_MS = 300;

export const RUNTIME: ProbeRuntime = {
  environment: ['PATH=/usr/bin:/bin'],
  uid: null,
  gid: null,
  groups: null,
  directory: null,
  umask: null,
};

export interface ProbeWorld {
  readonly native: Native;
  readonly context: PolledProbeContext;
  /** Ends of children that nobody waited for. */
  readonly strangers: number[];
  check(probe: PolledProbe, options?: { timeoutMs?: number; runtime?: Partial<ProbeRuntime> }): Promise<ProbeResult>;
  close(): void;
}

export function createProbeWorld(): ProbeWorld {
  const native = loadNative(distDirectory);
  const clock = createClock();
  const streams = new OutputRoutes();
  const exits = new AwaitedExits();
  const strangers: number[] = [];
  native.pumpStart({
    onData: (stream, data) => streams.deliver(stream, data),
    onEnd: (stream) => streams.handleEnd(stream),
    onSinkReport: () => undefined,
  });
  const throwOn = (error: unknown): never => {
    throw error;
  };
  const reaper = createReaper({
    native,
    onExit: (pid, status) => void (exits.handleExit(pid, status) || strangers.push(pid)),
    onError: throwOn,
  });
  const release = holdEventLoop();
  const after = (delayMs: number, task: () => void) => runAfter(clock, delayMs, task);
  const context = { native, exits, streams, after, userAgent: 'initvisor/test' };
  return {
    native,
    context,
    strangers,
    check: (probe, { timeoutMs = LONG_MS, runtime = {} } = {}) =>
      new Promise((resolve) => {
        startPolledProbe(probe, { timeoutMs, runtime: { ...RUNTIME, ...runtime } }, context, resolve);
      }),
    close() {
      reaper.close();
      release();
    },
  };
}

/** What this process has open, each as the kernel names it. */
export function openDescriptors(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [`${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`];
    } catch {
      // That of the directory, which is closed by now.
      return [];
    }
  });
}
