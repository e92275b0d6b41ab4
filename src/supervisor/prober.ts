import type { ProcessConfig } from '../config/config.ts';
import type { Log } from '../model/log-level.ts';
import type { ProbeSpec } from '../model/probe-spec.ts';
import type { Native } from '../os/native.ts';
import { createLogLineMatcher } from '../probes/log-line.ts';
import { openNotifySocket } from '../probes/notify.ts';
import { openNotifyFd } from '../probes/notify-fd.ts';
import { type PolledProbeContext, type ProbeRuntime, startPolledProbe } from '../probes/polled.ts';
import { renderChildEnvironment } from './child-environment.ts';
import { privilegesOf } from './privileges.ts';
import type { Prober, ReadyChannel } from './readiness.ts';

export interface ProberContext extends PolledProbeContext {
  readonly native: Native;
  readonly log: Log;
  /** This process's own. */
  readonly uid: number;
  readonly inheritedEnvironment: Readonly<Record<string, string>>;
  readonly serverUrl: () => string | null;
}

function runtimeOf(context: ProberContext, config: ProcessConfig): ProbeRuntime {
  const { uid = null, gid = null, groups = null } = privilegesOf(context, config).switch;
  const environment = renderChildEnvironment(context.inheritedEnvironment, config, context.serverUrl());
  return { environment, uid, gid, groups, directory: config.directory, umask: config.umask };
}

function listenOnSocket(context: ProberContext, config: ProcessConfig, onReady: () => void): ReadyChannel {
  const { native, log } = context;
  let pid: number | null = null;
  const uid = config.uid ?? context.uid;
  const socket = openNotifySocket({ native, log, name: config.name, uid, programPid: () => pid }, (message) => {
    if (message.status !== null) log('debug', `'${config.name}' says: ${message.status}`);
    if (message.ready) onReady();
  });
  return {
    extras: { environment: { NOTIFY_SOCKET: socket.address }, fds: new Map() },
    begin(program) {
      pid = program;
    },
    close: () => socket.close(),
  };
}

function listenOnPipe(context: ProberContext, config: ProcessConfig, fd: number, onReady: () => void): ReadyChannel {
  const pipe = openNotifyFd(context, (event) => {
    if (event === 'ready') onReady();
    else
      context.log('warn', `'${config.name}' has closed descriptor ${fd} without a newline: it will not become ready`);
  });
  return {
    extras: { environment: {}, fds: new Map([[fd, pipe.childEnd]]) },
    begin: () => pipe.closeChildEnd(),
    close: () => pipe.close(),
  };
}

function listen(
  context: ProberContext,
  probe: Extract<ProbeSpec, { kind: 'notify' | 'fd' }>,
  config: ProcessConfig,
  onReady: () => void,
): ReadyChannel {
  return probe.kind === 'notify'
    ? listenOnSocket(context, config, onReady)
    : listenOnPipe(context, config, probe.fd, onReady);
}

/** Carries checks out on programs as their configuration has them. */
export function createProber(context: ProberContext): Prober {
  return {
    ask: (probe, { timeoutMs, config }, onResult) =>
      startPolledProbe(probe, { timeoutMs, runtime: runtimeOf(context, config) }, context, onResult),
    listen: (probe, { config }, onReady) => listen(context, probe, config, onReady),
    matchLines(pattern, { config }) {
      const matcher = createLogLineMatcher(pattern, (reason) =>
        context.log('warn', `gave up ready_check=log: of '${config.name}': ${reason}`),
      );
      return (channel, data) => matcher.feed(channel, data);
    },
  };
}
