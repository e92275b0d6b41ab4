import type { Config } from '../config/config.ts';
import type { ConsoleStyle } from '../logging/console.ts';
import type { LogSinks } from '../logging/log-sinks.ts';
import type { MainLog } from '../logging/main-log.ts';
import type { Syslog } from '../logging/syslog.ts';
import { isSystemError } from '../os/fds.ts';
import type { Native } from '../os/native.ts';

/** The file of the main log, for those who read or clear it. */
export interface OpenMainLog {
  /** Null when there is none. */
  readonly path: () => string | null;
  /** Deletes and reopens it. @throws the system call's error */
  readonly clear: () => void;
}

export interface MainLogOptions {
  readonly log: MainLog;
  readonly sinks: LogSinks;
  readonly config: Config;
  readonly foreground: boolean;
  readonly native: Pick<Native, 'isTerminal'>;
  readonly syslog: Pick<Syslog, 'send'>;
  /** A prefix on a terminal may have a colour. */
  readonly colours: boolean;
}

const NO_FILE: OpenMainLog = { path: () => null, clear: () => undefined };

/** The daemon's own lines look like the programs' around them. */
function ownStyle({ config, native, colours }: MainLogOptions): ConsoleStyle | null {
  const { console: form, console_prefix: prefix } = config.supervisord;
  if (form === 'off' || form === 'raw') return null;
  return { form, name: 'initvisor', prefix, colour: form === 'prefix' && colours && native.isTerminal(1) };
}

/**
 * Leads the main log to its file or syslog and, in the foreground unless silent, to stdout. A file that cannot be opened
 * is said and done without: a read-only root is no reason not to run.
 */
export function openMainLog(options: MainLogOptions): OpenMainLog {
  const { log, sinks, config, foreground, syslog } = options;
  const { silent, logfile, logfile_maxbytes, logfile_backups, loglevel } = config.supervisord;
  log.setLevel(loglevel);
  if (foreground && !silent) log.addSink(sinks.openDescriptor(1), ownStyle(options));
  if (logfile.kind === 'syslog') {
    log.addLineWriter((line) => syslog.send(Buffer.from(line)));
    return NO_FILE;
  }
  try {
    const sink = sinks.open({ path: logfile.path, maxBytes: logfile_maxbytes, backups: logfile_backups });
    log.addSink(sink);
    return { path: () => logfile.path, clear: () => sinks.clear(sink) };
  } catch (error) {
    const reason = isSystemError(error) ? error.code : String(error);
    log.log('warn', `cannot open the main log ${logfile.path}: ${reason}; going on without it`);
    return NO_FILE;
  }
}
