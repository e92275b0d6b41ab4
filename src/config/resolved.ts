import type { ProcessConfig, StreamConfig } from './config.ts';
import type { programSchema } from './schema/program.ts';

/** Options that one process has; how many processes there are is the section's affair. */
export type ProcessOption = Exclude<keyof typeof programSchema, 'numprocs' | 'numprocs_start'>;

const stdoutOptions = (stream: StreamConfig) => ({
  stdout_logfile: stream.logfile,
  stdout_logfile_maxbytes: stream.logfile_maxbytes,
  stdout_logfile_backups: stream.logfile_backups,
  stdout_capture_maxbytes: stream.capture_maxbytes,
  stdout_events_enabled: stream.events_enabled,
  stdout_syslog: stream.syslog,
});

const stderrOptions = (stream: StreamConfig) => ({
  stderr_logfile: stream.logfile,
  stderr_logfile_maxbytes: stream.logfile_maxbytes,
  stderr_logfile_backups: stream.logfile_backups,
  stderr_capture_maxbytes: stream.capture_maxbytes,
  stderr_events_enabled: stream.events_enabled,
  stderr_syslog: stream.syslog,
});

/** A process's values by the names that the options have in a file; an option that is missing here does not compile. */
export function optionsOf(process: ProcessConfig): Readonly<Record<ProcessOption, unknown>> {
  const { stdout, stderr, uid, name, section: _s, program: _p, group: _g, log_rate_limit: _l, ...same } = process;
  return { ...same, process_name: name, user: uid, ...stdoutOptions(stdout), ...stderrOptions(stderr) };
}
