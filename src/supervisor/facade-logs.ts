import { ownDescriptor } from '../logging/own-descriptor.ts';
import { isSystemError } from '../os/fds.ts';
import type { Facade, Refusal } from './facade.ts';
import type { FacadeContext } from './facade-context.ts';

type LogAccess = Pick<
  Facade,
  'mainLogPath' | 'clearMainLog' | 'clearLogs' | 'readLogFile' | 'logFileSize' | 'memoryTail' | 'followOutput'
>;

/** What `read` gives; null where there is no file to read. */
function unlessMissing<T>(path: string, read: () => T): T | null {
  // The daemon's own stdout and stderr cannot be read back.
  if (ownDescriptor(path) !== null) return null;
  try {
    return read();
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null;
    throw error;
  }
}

function refusalOf(act: () => void): Refusal {
  try {
    act();
    return null;
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The part of the facade that is about logs. */
export function logAccess({ supervisor, files, mainLog }: FacadeContext): LogAccess {
  const { inventory } = supervisor.effects;
  return {
    mainLogPath: mainLog.path,
    clearMainLog: () => refusalOf(mainLog.clear),
    clearLogs: (id) => refusalOf(() => inventory.processOf(id)?.clearLogs()),
    readLogFile: (path, start, length) => unlessMissing(path, () => files.readRange(path, start, length)),
    logFileSize: (path) => unlessMissing(path, () => files.size(path)),
    followOutput: (id, channel, listener) => inventory.processOf(id)?.subscribe(channel, listener) ?? (() => undefined),
    memoryTail: (id, channel, bytes) => inventory.processOf(id)?.tail(channel, bytes) ?? Buffer.alloc(0),
  };
}
