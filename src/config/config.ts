import type { Dependency } from '../model/dependency.ts';
import type { EventName } from '../model/event-types.ts';
import type { LogMessage } from '../model/log-level.ts';
import type { StopStep } from './life-types.ts';
import type { Values } from './option.ts';
import type { lifecycleSchema } from './schema/lifecycle.ts';
import type { ConsoleMode } from './value-types.ts';

/** Where a log goes. `auto`: a name made in childlogdir; `none`: nowhere. */
export type LogTarget =
  | { readonly kind: 'auto' }
  | { readonly kind: 'none' }
  | { readonly kind: 'file'; readonly path: string };

export interface StreamConfig {
  readonly logfile: LogTarget;
  /** Bytes; 0 means no rotation. */
  readonly logfile_maxbytes: number;
  readonly logfile_backups: number;
  readonly capture_maxbytes: number;
  readonly events_enabled: boolean;
  readonly syslog: boolean;
}

/** When it starts, is restarted and ends, beyond Supervisor; names are resolved to processes. */
type LifecycleConfig = Omit<Values<typeof lifecycleSchema>, 'depends_on' | 'restart_with'> & {
  readonly depends_on: readonly Dependency[];
  /** Ids (`group:name`) of processes whose restart restarts this one. */
  readonly restart_with: readonly string[];
};

/** One process: a program section expanded for one process_num. Names and units are the file's; frozen. */
export interface ProcessConfig extends LifecycleConfig {
  readonly name: string;
  /** Section it comes from, as `program:web`. */
  readonly section: string;
  /** Section's own name, as `web`. */
  readonly program: string;
  readonly group: string;
  readonly command: string;
  readonly priority: number;
  readonly autostart: boolean;
  readonly autorestart: 'true' | 'false' | 'unexpected';
  /** Seconds. */
  readonly startsecs: number;
  readonly startretries: number;
  readonly exitcodes: readonly number[];
  /** At least one. */
  readonly stopsignal: readonly StopStep[];
  /** Seconds. */
  readonly stopwaitsecs: number;
  readonly stopasgroup: boolean;
  readonly killasgroup: boolean;
  readonly uid: number | null;
  /** Permission bits, null to inherit. */
  readonly umask: number | null;
  readonly directory: string | null;
  readonly redirect_stderr: boolean;
  readonly stdout: StreamConfig;
  readonly stderr: StreamConfig;
  /** [supervisord]'s and the program's own, merged. */
  readonly environment: Readonly<Record<string, string>>;
  /** Null: decided by the servers that are configured (AUTO). */
  readonly serverurl: string | null;
  readonly main: boolean;
  readonly exit_on_fatal: boolean;
  readonly console: ConsoleMode;
  /** Expanded. */
  readonly console_prefix: string;
  /** [supervisord]'s: lines per second on the console, null for no limit. */
  readonly log_rate_limit: number | null;
}

export interface FcgiSocketConfig {
  /** As written, for messages: `unix:///run/php.sock`, `tcp://127.0.0.1:9000`. */
  readonly url: string;
  readonly address:
    | { readonly kind: 'unix'; readonly path: string }
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number };
  readonly backlog: number | null;
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  /** Permission bits of a unix socket, 0700 by default. */
  readonly mode: number | null;
}

export interface ListenerPoolConfig {
  readonly events: readonly string[];
  readonly buffer_size: number;
  readonly result_handler: string;
}

export interface GroupConfig {
  readonly name: string;
  readonly priority: number;
  readonly kind: 'program' | 'group' | 'fcgi-program' | 'eventlistener';
  /** In (priority, name) order. */
  readonly processes: readonly ProcessConfig[];
  readonly fcgi: FcgiSocketConfig | null;
  readonly listener: ListenerPoolConfig | null;
}

export interface ServerConfig {
  readonly section: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly address:
    | { readonly kind: 'inet'; readonly host: string; readonly port: number }
    | {
        readonly kind: 'unix';
        readonly path: string;
        readonly chmod: number;
        readonly chown: { readonly uid: number; readonly gid: number } | null;
      };
}

export interface SupervisordConfig {
  readonly logfile: { readonly kind: 'file'; readonly path: string } | { readonly kind: 'syslog' };
  readonly logfile_maxbytes: number;
  readonly logfile_backups: number;
  readonly loglevel: 'critical' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'blather';
  readonly pidfile: string;
  readonly identifier: string;
  /** Null when neither file nor command line says: then it stays in the foreground. */
  readonly nodaemon: boolean | null;
  readonly silent: boolean;
  readonly minfds: number;
  readonly minprocs: number;
  readonly umask: number;
  readonly directory: string | null;
  readonly user: { readonly name: string; readonly uid: number; readonly gid: number } | null;
  readonly nocleanup: boolean;
  readonly childlogdir: string;
  readonly strip_ansi: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly exit_on_fatal: boolean;
  /** Seconds for the whole shutdown, null for none. */
  readonly shutdown_timeout: number | null;
  /** Seconds from the request to the first stop. */
  readonly drain_delay: number;
  /** Null: /dev/termination-log where it exists. */
  readonly termination_log: string | null;
  readonly console: ConsoleMode;
  /** As it stands before the daemon's own lines. */
  readonly console_prefix: string;
  /** Lines per second on the console, null for no limit. */
  readonly log_rate_limit: number | null;
}

/** Where a hook's events go. */
export type HookTarget =
  | { readonly kind: 'url'; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'command'; readonly command: string };

export interface HookConfig {
  readonly name: string;
  readonly events: readonly EventName[];
  readonly target: HookTarget;
  /** Seconds. */
  readonly timeout: number;
  /** Tries after the first. */
  readonly retries: number;
  /** Events that wait at most. */
  readonly buffer_size: number;
}

/** A whole configuration, frozen. */
export interface Config {
  /** Absolute path of the root file, and its directory (`here`). */
  readonly path: string;
  readonly here: string;
  readonly supervisord: SupervisordConfig;
  /** In (priority, name) order. */
  readonly groups: readonly GroupConfig[];
  readonly servers: readonly ServerConfig[];
  /** Names of [rpcinterface:x] sections, with their factory and other options. */
  readonly rpcInterfaces: readonly { readonly name: string; readonly factory: string }[];
  /** In the order of the file. */
  readonly hooks: readonly HookConfig[];
  /** What reading it has to tell the main log (includes, dropped options). */
  readonly messages: readonly LogMessage[];
}
