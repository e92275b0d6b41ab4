import { HttpStatusError } from '../../client/errors.ts';
import type { ProcessInfo } from '../../client/supervisor-api.ts';
import { joinNamespec } from '../../model/namespec.ts';
import { withAdditions } from '../additions.ts';
import { type Command, splitWords } from '../command.ts';
import type { Controller } from '../controller.ts';
import { LinePrefixer } from '../line-prefixer.ts';
import { selectProcesses } from '../select.ts';
import { upcheck } from '../upcheck.ts';

const HELP = `logs [<name>...]\tShow the newest output of processes, or of all, each line with its process' name
logs -f [<name>...]\tFollow it (Ctrl-C to exit)`;

const TAIL_BYTES = 4096;
const CHANNELS = ['stdout', 'stderr'] as const;

interface Source {
  readonly id: string;
  readonly prefix: string;
}

function toSources(infos: readonly ProcessInfo[]): Source[] {
  const names = infos.map(({ group, name }) => joinNamespec(group, name));
  const width = Math.max(0, ...names.map((name) => name.length));
  return infos.map(({ group, name }, at) => ({
    id: `${group}:${name}`,
    prefix: `${(names[at] ?? '').padEnd(width)} | `,
  }));
}

/** Without the line that the beginning was cut off of. */
function wholeLines(tail: string): string {
  return tail.length < TAIL_BYTES ? tail : tail.slice(tail.indexOf('\n') + 1);
}

async function printTails(ctl: Controller, sources: readonly Source[]): Promise<void> {
  for (const { id, prefix } of sources) {
    for (const channel of CHANNELS) {
      const lines = new LinePrefixer(prefix, (text) => ctl.host.write(text));
      lines.push(new TextEncoder().encode(wholeLines(await ctl.additions.tail(id, channel, TAIL_BYTES))));
      lines.end();
    }
  }
}

/** Follows one stream; false when the server keeps none. */
async function followOne(ctl: Controller, { id, prefix }: Source, channel: string, signal: AbortSignal) {
  const lines = new LinePrefixer(prefix, (text) => ctl.host.write(text));
  const path = `/logtail/${encodeURIComponent(id)}/${channel}`;
  const request = { endpoint: ctl.endpoint, credentials: ctl.credentials, path, signal };
  try {
    await ctl.host.follow(request, { onData: (bytes) => lines.push(bytes) });
    lines.end();
    return true;
  } catch (error) {
    if (error instanceof HttpStatusError) return false;
    throw error;
  }
}

async function followAll(ctl: Controller, sources: readonly Source[]): Promise<void> {
  const abort = new AbortController();
  const release = ctl.host.onInterrupt(() => abort.abort());
  try {
    const streams = sources.flatMap((source) =>
      CHANNELS.map((channel) => followOne(ctl, source, channel, abort.signal)),
    );
    const followed = await Promise.all(streams);
    if (!followed.includes(true)) ctl.fail('ERROR: none of these processes has a log that can be followed');
  } finally {
    abort.abort();
    release();
  }
}

export const logsCommand: Command = {
  name: 'logs',
  args: 'processes',
  help: HELP,
  async run(ctl, arg) {
    if (!(await upcheck(ctl))) return;
    const words = splitWords(arg);
    const names = words.filter((word) => word !== '-f');
    const { infos, unknown } = selectProcesses(await ctl.server.getAllProcessInfo(), names);
    for (const line of unknown) ctl.fail(line);
    const sources = toSources(infos);
    if (names.length < words.length) await followAll(ctl, sources);
    else await withAdditions(ctl, 'logs without -f', () => printTails(ctl, sources));
  },
};
