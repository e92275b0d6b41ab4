import type { FcgiSocketConfig } from '../config/config.ts';
import type { Log } from '../model/log-level.ts';
import type { Files } from '../os/files.ts';
import type { Native } from '../os/native.ts';

/** Source: <sys/socket.h> of Linux >= 5.4. */
const SOMAXCONN = 4096;

/**
 * The listening socket of a FastCGI pool: there from the first spawn until the last process of the pool is reaped.
 * Source: supervisor/socket_manager.py.
 */
export class FcgiSocket {
  readonly #config: FcgiSocketConfig;
  readonly #native: Pick<Native, 'listenUnix' | 'listenTcp' | 'close'>;
  readonly #files: Pick<Files, 'exists' | 'remove' | 'setMode' | 'setOwner'>;
  readonly #log: Log;
  #fd: number | null = null;
  #users = 0;

  constructor(
    config: FcgiSocketConfig,
    context: { native: Native; files: Pick<Files, 'exists' | 'remove' | 'setMode' | 'setOwner'>; log: Log },
  ) {
    this.#config = config;
    this.#native = context.native;
    this.#files = context.files;
    this.#log = context.log;
  }

  /** The descriptor for a program's stdin. @throws the system call's error */
  acquire(): number {
    if (this.#fd === null) {
      this.#log('info', `Creating socket ${this.#config.url}`);
      this.#fd = this.#listen();
    }
    this.#users += 1;
    return this.#fd;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users > 0 || this.#fd === null) return;
    this.#log('info', `Closing socket ${this.#config.url}`);
    this.#native.close(this.#fd);
    this.#fd = null;
  }

  #listen(): number {
    const { address, backlog, owner, mode } = this.#config;
    if (address.kind === 'tcp') return this.#native.listenTcp(address.host, address.port, backlog ?? SOMAXCONN);
    if (this.#files.exists(address.path)) this.#files.remove(address.path);
    const fd = this.#native.listenUnix(address.path, backlog ?? SOMAXCONN);
    if (owner !== null) this.#files.setOwner(address.path, owner.uid, owner.gid);
    if (mode !== null) this.#files.setMode(address.path, mode);
    return fd;
  }
}
