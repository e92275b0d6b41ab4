import { shortNamespec } from '../model/namespec.ts';
import { renderProbe } from '../model/probe-spec.ts';
import { signalName } from '../model/signals.ts';
import type { Config, GroupConfig, HookConfig, LogTarget, ProcessConfig, ServerConfig } from './config.ts';
import type { RestartLimit, StopStep } from './life-types.ts';
import { optionsOf } from './resolved.ts';
import { programSchema } from './schema/program.ts';

function renderTarget(target: LogTarget): string {
  return target.kind === 'file' ? target.path : target.kind.toUpperCase();
}

function renderMode(mode: number): string {
  return `0${mode.toString(8)}`;
}

function renderEnvironment(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',');
}

function renderStopSteps(steps: readonly StopStep[]): string {
  return steps
    .map(({ signal, waitMs }) => {
      const name = signalName(signal)?.slice('SIG'.length) ?? String(signal);
      return waitMs === null ? name : `${name}:${waitMs / 1000}`;
    })
    .join(' ');
}

const renderLimit = ({ count, windowMs }: RestartLimit) => `${count}/${windowMs / 1000}s`;

/** Forms of what decides when it starts, is restarted and ends. */
function lifecycleForms(process: ProcessConfig): Readonly<Record<string, string>> {
  const { ready_check, health_check, restart_limit } = process;
  return {
    depends_on: process.depends_on.map(({ id, condition }) => `${shortNamespec(id)}:${condition}`).join(', '),
    restart_with: process.restart_with.map(shortNamespec).join(','),
    ...(ready_check === null ? {} : { ready_check: renderProbe(ready_check) }),
    ...(health_check === null ? {} : { health_check: renderProbe(health_check) }),
    ...(restart_limit === null ? {} : { restart_limit: renderLimit(restart_limit) }),
  };
}

/** Values whose form in a file is not their text. */
function specialForms(process: ProcessConfig): Readonly<Record<string, string>> {
  return {
    ...lifecycleForms(process),
    environment: renderEnvironment(process.environment),
    stdout_logfile: renderTarget(process.stdout.logfile),
    stderr_logfile: renderTarget(process.stderr.logfile),
    stopsignal: renderStopSteps(process.stopsignal),
    exitcodes: process.exitcodes.join(','),
    ...(process.umask === null ? {} : { umask: renderMode(process.umask) }),
  };
}

function renderProcess(process: ProcessConfig): string {
  const special = specialForms(process);
  const values: Readonly<Record<string, unknown>> = optionsOf(process);
  const lines = Object.keys(programSchema).flatMap((key) => {
    const value = special[key] ?? values[key];
    return value === null || value === undefined || value === '' ? [] : [`${key}=${String(value)}`];
  });
  return [`[${process.group}:${process.name}]`, ...lines.map((line) => line.replaceAll('\n', '\n  '))].join('\n');
}

function renderGroup(group: GroupConfig): string {
  const socket = group.fcgi === null ? '' : ` socket=${group.fcgi.url}`;
  const events = group.listener === null ? '' : ` events=${group.listener.events.join(',')}`;
  const head = `# ${group.kind} ${group.name} priority=${group.priority}${socket}${events}`;
  return [head, ...group.processes.map(renderProcess)].join('\n');
}

function renderServer(server: ServerConfig): string {
  const { address } = server;
  const place = address.kind === 'unix' ? `unix://${address.path}` : `tcp://${address.host || '*'}:${address.port}`;
  return `# [${server.section}] ${place}${server.username === null ? '' : ' with a password'}`;
}

/** Of a URL only the beginning: many a webhook has its secret in the path. */
function renderHook({ name, events, target }: HookConfig): string {
  const where = target.kind === 'url' ? `url=${new URL(target.url).origin}/…` : `command=${target.command}`;
  return `# [hook:${name}] events=${events.join(',')} ${where}`;
}

/** Every process with the values that it has in the end, for people; passwords of servers are left out. */
export function renderResolved(config: Config): string {
  const head = [`# ${config.path}`, ...config.servers.map(renderServer), ...config.hooks.map(renderHook)].join('\n');
  return `${[head, ...config.groups.map(renderGroup)].join('\n\n')}\n`;
}
