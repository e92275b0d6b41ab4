import type { Config } from '../config/config.ts';
import type { Clock } from '../model/clock.ts';
import { runAfter } from '../os/clock.ts';
import { serverUrlOf } from '../supervisor/policies.ts';
import { createProber, type ProberContext } from '../supervisor/prober.ts';
import type { Prober } from '../supervisor/readiness.ts';
import { VERSION } from './version.ts';

export interface DaemonProberOptions extends Pick<ProberContext, 'native' | 'log' | 'exits' | 'streams'> {
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** The one that runs. */
  readonly config: () => Config;
}

/** Checks on the daemon's programs. */
export function createDaemonProber({ env, clock, config, ...context }: DaemonProberOptions): Prober {
  return createProber({
    ...context,
    uid: process.getuid?.() ?? 0,
    inheritedEnvironment: env,
    serverUrl: () => serverUrlOf(config()),
    after: (delayMs, task) => runAfter(clock, delayMs, task),
    userAgent: `initvisor/${VERSION}`,
  });
}
