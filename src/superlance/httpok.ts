import type { ProcessInfo } from '../client/supervisor-api.ts';
import { joinNamespec } from '../model/namespec.ts';
import { pythonQuote } from '../model/python-quote.ts';
import { PROCESS_STATE_CODES } from '../model/states.ts';
import { fetchPage } from './check-url.ts';
import type { Command, EventHandler } from './command.ts';
import { describeError } from './describe-error.ts';
import { type Host, ownProcess, type Server } from './host.ts';
import { HTTPOK_SHAPE, type HttpokOptions, readHttpokOptions } from './httpok-options.ts';
import { createNotifier, type Notify } from './notice.ts';

/** What is wrong with an answer: for the subject of a mail and for its first line. */
interface Complaint {
  readonly subject: string;
  readonly text: string;
}

async function findFault(options: HttpokOptions, host: Host): Promise<Complaint | null> {
  const { url, check, codes, body } = options;
  const bad = (what: string, text: string): Complaint => ({ subject: `${url}: bad ${what} returned`, text });
  try {
    const page = await fetchPage(check, host.clock);
    const text = `status contacting ${url}: ${page.status} ${page.reason}`;
    if (!codes.includes(page.status)) return bad('status', text);
    return body !== null && !page.body.includes(body) ? bad('body', text) : null;
  } catch (error) {
    return bad('status', `error contacting ${url}:\n\n ${describeError(error)}`);
  }
}

function namespec({ group, name }: ProcessInfo): string {
  return joinNamespec(group, name);
}

/** How a process may be listed. */
function spellings(info: ProcessInfo): string[] {
  return [info.name, namespec(info), `${info.group}:${info.name}`];
}

function pythonList(names: readonly string[]): string {
  return `[${names.map(pythonQuote).join(', ')}]`;
}

const isRunning = ({ state }: ProcessInfo): boolean => state === PROCESS_STATE_CODES.RUNNING;

/** Restarts what is to be restarted when the page is wrong. */
export class HttpOk {
  readonly #host: Host;
  readonly #options: HttpokOptions;
  readonly #server: Server;
  readonly #notify: Notify | null;
  #failures = 0;

  constructor(host: Host, options: HttpokOptions, server: Server, notify: Notify | null) {
    this.#host = host;
    this.#options = options;
    this.#server = server;
    this.#notify = notify;
  }

  async tick(): Promise<void> {
    if (!this.#options.eager && !(await this.#isAnyRunning())) return;
    const complaint = await findFault(this.#options, this.#host);
    if (complaint === null) {
      this.#failures = 0;
      return;
    }
    const { failures } = this.#options;
    this.#failures += 1;
    if (this.#failures < failures) {
      this.#host.log(`check ${this.#failures} of ${failures} failed: ${complaint.text}\n`);
      return;
    }
    this.#failures = 0;
    await this.#act(complaint);
  }

  /** Stopping it would leave nobody to start it again. */
  #isSelf({ group, name }: ProcessInfo): boolean {
    const own = ownProcess(this.#host.env);
    return group === own.group && name === own.process;
  }

  #isMeant(info: ProcessInfo): boolean {
    const { programs } = this.#options;
    if (programs === null) return !this.#isSelf(info);
    return spellings(info).some((name) => programs.includes(name));
  }

  async #isAnyRunning(): Promise<boolean> {
    try {
      const infos = await this.#server.getAllProcessInfo();
      return infos.some((info) => isRunning(info) && this.#isMeant(info));
    } catch (error) {
      this.#host.log(`Exception retrieving process info ${describeError(error)}, not acting\n`);
      return false;
    }
  }

  async #act({ subject, text }: Complaint): Promise<void> {
    const lines = [text];
    const say = (line: string): void => {
      lines.push(line);
      this.#host.log(`${line}\n`);
    };
    await this.#restart(say);
    const { name } = this.#options;
    await this.#notify?.(`httpok${name === null ? '' : ` [${name}]`}: ${subject}`, lines.join('\n'));
  }

  async #restart(say: (line: string) => void): Promise<void> {
    const { programs } = this.#options;
    let infos: readonly ProcessInfo[];
    try {
      infos = await this.#server.getAllProcessInfo();
    } catch (error) {
      return say(`Exception retrieving process info ${describeError(error)}, not acting`);
    }
    say(
      programs === null ? 'Restarting all running processes' : `Restarting selected processes ${pythonList(programs)}`,
    );
    const meant = infos.filter((info) => this.#isMeant(info));
    for (const info of meant) {
      if (this.#isSelf(info)) say(`${namespec(info)} is httpok itself, NOT restarting`);
      else if (isRunning(info)) await this.#restartOne(info, say);
      else if (programs !== null) say(`${namespec(info)} not in RUNNING state, NOT restarting`);
    }
    const seen = new Set(meant.flatMap(spellings));
    const unseen = (programs ?? []).filter((name) => !seen.has(name));
    if (unseen.length > 0) say(`Programs not restarted because they did not exist: ${pythonList(unseen)}`);
  }

  async #restartOne(info: ProcessInfo, say: (line: string) => void): Promise<void> {
    const { coredir, gcore } = this.#options;
    const process = namespec(info);
    if (coredir !== null) {
      const { output, failure } = await this.#host.run(`${gcore} "${coredir}/${process}" ${info.pid}`);
      say(`gcore output for ${process}:\n\n ${output}${failure === null ? '' : `${failure}\n`}`);
    }
    say(`${process} is in RUNNING state, restarting`);
    try {
      await this.#server.stopProcess(process);
    } catch (error) {
      say(`Failed to stop process ${process}: ${describeError(error)}`);
    }
    try {
      await this.#server.startProcess(process);
      say(`${process} restarted`);
    } catch (error) {
      say(`Failed to start process ${process}: ${describeError(error)}`);
    }
  }
}

export const httpok: Command = {
  shape: HTTPOK_SHAPE,
  needsServer: true,
  needsWords: true,
  create(host, given, server): EventHandler {
    const notify = createNotifier(host, HTTPOK_SHAPE.name, given);
    const watch = new HttpOk(host, readHttpokOptions(given, host), server, notify);
    return async (event) => {
      if (event.name.startsWith('TICK')) await watch.tick();
    };
  },
};
