import { type Call, createCall } from '../client/call.ts';
import type { Credentials } from '../client/http-message.ts';
import { type InitvisorApi, initvisorApi } from '../client/initvisor-api.ts';
import { type Endpoint, parseServerUrl } from '../client/server-url.ts';
import { type SupervisorApi, supervisorApi } from '../client/supervisor-api.ts';
import type { Transport } from '../client/transport.ts';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';
import type { Host } from './host.ts';
import type { Settings } from './settings.ts';

/** What commands act on: one server, the output, and the exit status so far. */
export class Controller {
  readonly host: Host;
  /** Asks before it ends the daemon, and asks for a password. */
  readonly interactive: boolean;
  exitStatus: number = EXIT.success;
  #serverurl: string;
  #username: string | null;
  #password: string | null;
  #transport: Transport | null = null;

  constructor(host: Host, settings: Settings) {
    this.host = host;
    this.interactive = settings.interactive;
    this.#serverurl = settings.serverurl;
    this.#username = settings.username;
    this.#password = settings.password;
  }

  get serverurl(): string {
    return this.#serverurl;
  }

  /** @throws CommandError for a URL of a kind that nobody speaks. */
  get endpoint(): Endpoint {
    const endpoint = parseServerUrl(this.#serverurl);
    if (endpoint === null) throw new CommandError('ValueError', `Unknown protocol for serverurl ${this.#serverurl}`);
    return endpoint;
  }

  get credentials(): Credentials | null {
    if (this.#username === null || this.#password === null) return null;
    return { username: this.#username, password: this.#password };
  }

  /** Milliseconds that a call may keep silent, 0 for ever; for commands that answer a machine. */
  timeoutMs = 0;

  get call(): Call {
    this.#transport ??= this.host.connect(this.endpoint, this.credentials, this.timeoutMs);
    return createCall(this.#transport);
  }

  get server(): SupervisorApi {
    return supervisorApi(this.call);
  }

  get additions(): InitvisorApi {
    return initvisorApi(this.call);
  }

  use(change: { readonly serverurl: string } | Credentials): void {
    if ('serverurl' in change) this.#serverurl = change.serverurl;
    else {
      this.#username = change.username;
      this.#password = change.password;
    }
    this.hangUp();
  }

  /** Ends the connection, if there is one: a server need not keep it while nobody types. */
  hangUp(): void {
    this.#transport?.close();
    this.#transport = null;
  }

  print(line: string): void {
    this.host.write(`${line}\n`);
  }

  /** Prints a line and notes that something failed. */
  fail(line: string, exitStatus: number = EXIT.generic): void {
    this.print(line);
    this.exitStatus = exitStatus;
  }

  /** Asks for a line; its end where one was wanted is an error, as upstream. */
  async ask(prompt: string): Promise<string> {
    const answer = await (await this.host.input()).readLine(prompt);
    if (answer.kind !== 'line') throw new CommandError('EOFError', 'EOF when reading a line');
    return answer.text;
  }

  async askHidden(prompt: string): Promise<string> {
    const answer = await (await this.host.input()).readHidden(prompt);
    if (answer.kind !== 'line') throw new CommandError('EOFError', '');
    return answer.text;
  }
}
