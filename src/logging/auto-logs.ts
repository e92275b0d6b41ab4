import type { Files } from '../os/files.ts';

const NAME_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789_';
const RANDOM_LENGTH = 8;

type AutoLogFiles = Pick<Files, 'createExclusively' | 'list' | 'remove'>;

export interface AutoLogOptions {
  readonly files: AutoLogFiles;
  readonly directory: string;
  readonly identifier: string;
  /** `count` random integers of 0 to 255. */
  readonly randomBytes: (count: number) => Uint8Array;
}

/** Names, makes and clears away the logs that nobody gave a name. Source: supervisor/options.py get_autochildlog_name. */
export class AutoLogs {
  readonly #options: AutoLogOptions;

  constructor(options: AutoLogOptions) {
    this.#options = options;
  }

  /** Creates `<process>-<channel>---<identifier>-<8 characters>.log`, readable by its owner only; throws Node's error. */
  create(process: string, channel: 'stdout' | 'stderr'): string {
    const { files, directory, identifier, randomBytes } = this.#options;
    const random = [...randomBytes(RANDOM_LENGTH)]
      .map((byte) => NAME_CHARACTERS[byte % NAME_CHARACTERS.length])
      .join('');
    const path = `${directory}/${process}-${channel}---${identifier}-${random}.log`;
    files.createExclusively(path, 0o600);
    return path;
  }

  /** Removes what an earlier daemon with this identifier left; returns what to say about files that stayed. */
  clear(): string[] {
    const { files, directory, identifier } = this.#options;
    const left = new RegExp(`^.+?---${escapeRegExp(identifier)}-\\S+\\.log\\.?\\d{0,4}`);
    let names: string[];
    try {
      names = files.list(directory);
    } catch {
      // Whatever the reason, nothing can be cleared; the same errno shows when a log is made there.
      return ['Could not clear childlog dir'];
    }
    return names.filter((name) => left.test(name)).flatMap((name) => this.#remove(`${directory}/${name}`));
  }

  #remove(path: string): string[] {
    try {
      this.#options.files.remove(path);
      return [];
    } catch {
      // Another user's file in a shared /tmp: said, and left.
      return [`Failed to clean up '${path}'`];
    }
  }
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
