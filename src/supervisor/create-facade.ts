import type { Facade } from './facade.ts';
import { configControl } from './facade-config.ts';
import type { FacadeContext } from './facade-context.ts';
import { logAccess } from './facade-logs.ts';
import { processControl } from './facade-processes.ts';

/** All that clients can ask, on the running daemon. */
export function createFacade(context: FacadeContext): Facade {
  const { supervisor, version, pid, clock, log, emit } = context;
  let restarting = false;
  return {
    version,
    pid,
    identifier: () => supervisor.config.supervisord.identifier,
    state() {
      if (!supervisor.isShuttingDown) return 'RUNNING';
      return restarting ? 'RESTARTING' : 'SHUTDOWN';
    },
    nowMs: () => clock.wallMs(),
    ...processControl(context),
    ...configControl(context),
    ...logAccess(context),
    emitRemoteCommunication: (type, data) => emit('REMOTE_COMMUNICATION', () => `type:${type}\n${data}`),
    shutdown: () => supervisor.requestShutdown({ kind: 'requested', by: 'a client' }),
    restart() {
      restarting = !supervisor.isShuttingDown;
      supervisor.requestShutdown({ kind: 'restart' });
    },
    log,
  };
}
