import { HttpStatusError } from '../../client/errors.ts';
import { type Command, splitWords } from '../command.ts';
import type { Controller } from '../controller.ts';
import { EventStreamReader } from '../event-stream-reader.ts';
import { EXIT } from '../exit-codes.ts';
import { createEventRenderer } from '../render-event.ts';
import { upcheck } from '../upcheck.ts';

const HELP = `events [<type>...]\tShow the last events, or those of the types given
events -f [<type>...]\tShow events as they happen (Ctrl-C to exit)
events --json ...\tShow each as JSON`;

/** More than are ever kept. */
const ALL_PAST = 1_000_000;

function pathOf(follow: boolean, types: readonly string[]): string {
  const query = new URLSearchParams();
  if (types.length > 0) query.set('types', types.join(','));
  if (!follow) {
    query.set('follow', 'false');
    query.set('past', String(ALL_PAST));
  }
  return `/events?${query}`;
}

function complain(ctl: Controller, { status, message }: HttpStatusError): void {
  const another = `ERROR: events needs initvisor, and ${ctl.serverurl} is another server`;
  if (status === 404) ctl.fail(another, EXIT.unimplemented);
  else if (status === 400) ctl.fail('ERROR: there is no such type of event');
  else ctl.fail(`ERROR: ${message}`);
}

export const eventsCommand: Command = {
  name: 'events',
  args: 'other',
  help: HELP,
  async run(ctl, arg) {
    const words = splitWords(arg);
    const types = words.filter((word) => !word.startsWith('-'));
    const unknown = words.find((word) => word.startsWith('-') && word !== '-f' && word !== '--json');
    if (unknown !== undefined) {
      ctl.fail(`Error: events does not know ${unknown}`);
      ctl.print(HELP);
      return;
    }
    if (!(await upcheck(ctl))) return;
    const render = words.includes('--json') ? (json: string) => json : createEventRenderer();
    const reader = new EventStreamReader((json) => ctl.print(render(json)));
    const path = pathOf(words.includes('-f'), types);
    const abort = new AbortController();
    const release = ctl.host.onInterrupt(() => abort.abort());
    try {
      const { endpoint, credentials } = ctl;
      await ctl.host.follow(
        { endpoint, credentials, path, signal: abort.signal },
        { onData: (bytes) => reader.push(bytes) },
      );
    } catch (error) {
      if (!(error instanceof HttpStatusError)) throw error;
      complain(ctl, error);
    } finally {
      release();
    }
  },
};
