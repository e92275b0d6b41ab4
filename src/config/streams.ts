import type { LogTarget, StreamConfig } from './config.ts';
import { expand } from './expand.ts';
import type { LogFile } from './host-types.ts';
import { attempt, type Reading } from './load.ts';
import type { Values } from './option.ts';
import { programProcessSchema, type programSectionSchema } from './schema/program.ts';

type SectionValues = Values<typeof programSectionSchema>;
type ProcessValues = Values<typeof programProcessSchema>;

function warn({ load }: Reading, text: string): void {
  // Each process of a section would say it again.
  if (!load.messages.some((message) => message.text === text)) load.messages.push({ level: 'warn', text });
}

/** Log files are expanded twice: existing files write a literal percent sign four times because of it. */
function expandAgain(reading: Reading, key: 'stdout_logfile' | 'stderr_logfile', once: LogFile): LogFile {
  if (once.kind !== 'file' || !once.path.includes('%')) return once;
  const { load, scope } = reading;
  const parse = () => programProcessSchema[key].type.parse(expand(once.path, scope, key), load.source);
  return attempt(reading, key, parse, () => once);
}

function targetOf(reading: Reading, name: 'stdout' | 'stderr', file: LogFile, maxbytes: number): LogTarget {
  const { section } = reading;
  if (file.kind === 'syslog') {
    warn(
      reading,
      `For [${section.name}], ${name}_logfile=syslog but this is deprecated and will be removed.  Use ${name}_syslog=true to enable syslog instead.`,
    );
    return { kind: 'none' };
  }
  if (file.kind === 'auto' && maxbytes === 0) {
    warn(
      reading,
      `For [${section.name}], AUTO logging used for ${name}_logfile without rollover, set maxbytes > 0 to avoid filling up filesystem unintentionally`,
    );
  }
  return file;
}

function readStdout(reading: Reading, values: SectionValues, own: ProcessValues): StreamConfig {
  const file = expandAgain(reading, 'stdout_logfile', own.stdout_logfile);
  return {
    logfile: targetOf(reading, 'stdout', file, own.stdout_logfile_maxbytes),
    logfile_maxbytes: own.stdout_logfile_maxbytes,
    logfile_backups: own.stdout_logfile_backups,
    capture_maxbytes: values.stdout_capture_maxbytes,
    events_enabled: values.stdout_events_enabled,
    syslog: own.stdout_syslog || file.kind === 'syslog',
  };
}

function readStderr(reading: Reading, values: SectionValues, own: ProcessValues): StreamConfig {
  const file = expandAgain(reading, 'stderr_logfile', own.stderr_logfile);
  const target = targetOf(reading, 'stderr', file, own.stderr_logfile_maxbytes);
  if (values.redirect_stderr && target.kind === 'file') {
    warn(
      reading,
      `For [${reading.section.name}], redirect_stderr=true but stderr_logfile has also been set to a filename, the filename has been ignored`,
    );
  }
  return {
    logfile: values.redirect_stderr ? { kind: 'none' } : target,
    logfile_maxbytes: own.stderr_logfile_maxbytes,
    logfile_backups: own.stderr_logfile_backups,
    capture_maxbytes: values.stderr_capture_maxbytes,
    events_enabled: values.stderr_events_enabled,
    syslog: own.stderr_syslog || file.kind === 'syslog',
  };
}

/** Where a process's output goes. */
export function readStreams(
  reading: Reading,
  values: SectionValues,
  own: ProcessValues,
): { readonly stdout: StreamConfig; readonly stderr: StreamConfig } {
  return { stdout: readStdout(reading, values, own), stderr: readStderr(reading, values, own) };
}
