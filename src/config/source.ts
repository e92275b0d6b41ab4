/** One account, as the user database has it. */
export interface UserAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Everything that reading a configuration takes from outside. */
export interface ConfigSource {
  /** At most MAX_CONFIG_BYTES + 1 bytes are of interest. Throws Node's errors, with `code`. */
  readFile(path: string): Uint8Array;
  /** Paths that match, sorted; `* ? [..]`, and `*` matches no hidden file. Source: Python glob.glob. */
  glob(pattern: string): readonly string[];
  isDirectory(path: string): boolean;
  exists(path: string): boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly hostName: string;
  /** CPUs that this container may use, at least 1. */
  readonly cpus: number;
  readonly tempDir: string;
  readonly uid: number;
  readonly homeDir: string;
  userByName(name: string): UserAccount | null;
  userByUid(uid: number): UserAccount | null;
  gidByName(name: string): number | null;
  groupExists(gid: number): boolean;
  /** Home of a user, null when there is no such user. */
  homeOf(user: string): string | null;
}

/** Bytes; a configuration file above it is refused. */
export const MAX_CONFIG_BYTES = 16 * 1024 * 1024;
