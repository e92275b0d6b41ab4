import type { LogSinks } from '../logging/log-sinks.ts';
import type { Files } from '../os/files.ts';
import type { Native } from '../os/native.ts';
import type { OutputContext } from './output-stream.ts';

/** What every process of a daemon is started with. */
export interface LaunchContext extends OutputContext {
  readonly native: Native;
  readonly files: Pick<Files, 'exists' | 'write' | 'writeToDescriptor'>;
  readonly sinks: LogSinks;
  readonly inheritedEnvironment: Readonly<Record<string, string>>;
  readonly serverUrl: string | null;
  readonly uid: number;
}
