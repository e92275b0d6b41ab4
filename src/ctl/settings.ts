/** What the client goes by: its flags, then [supervisorctl] in the configuration file, then the defaults. */
export interface Settings {
  readonly interactive: boolean;
  readonly serverurl: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly prompt: string;
  /** Absolute path, null for none. */
  readonly historyFile: string | null;
}

export const DEFAULT_SERVER_URL = 'http://localhost:9001';
export const DEFAULT_PROMPT = 'supervisor';
