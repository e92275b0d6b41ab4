/** A daemon, ours or upstream's, with listeners that write down what they are told. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createClient } from '../support/control-client.ts';
import { type DaemonOptions, OWN_FILES, ROOT, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { waitFor } from '../support/wait-for.ts';

const CONTROL = `[unix_http_server]
file=%DIR%/socket
[supervisorctl]
serverurl=unix://%DIR%/socket
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
`;

export const LISTENERS = join(ROOT, 'test', 'fixtures', 'listeners');

/** Command of a listener that writes its events to \`<name>.events\` and answers with these words. */
export const recorder = (name: string, ...words: readonly string[]): string =>
  [`/usr/bin/python3 ${LISTENERS}/record.py %%DIR%%/${name}.events`, ...words].join(' ').replaceAll('%%', '%');

/** The same in Node, always OK; its headers are not taken apart. */
export const tally = (name: string): string => `${process.execPath} ${LISTENERS}/tally.mjs %DIR%/${name}.events`;

export interface RecordedEvent {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
}

export interface RecordingDaemon {
  readonly daemon: TestDaemon;
  readonly client: ReturnType<typeof createClient>;
  events(name: string): RecordedEvent[];
  log(): string;
  /** Waits until that is so many times in the main log. */
  waitForLog(pattern: RegExp, times?: number): Promise<unknown>;
  waitForEvents(name: string, count: number): Promise<unknown>;
}

function readEvents(path: string): RecordedEvent[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const [headers, payload] = JSON.parse(line);
    return { headers, payload };
  });
}

/** Starts it and waits for its control server. */
export async function startRecording(
  t: TestContext,
  config: string,
  more: Pick<DaemonOptions, 'command' | 'files'> = {},
): Promise<RecordingDaemon> {
  const daemon = startDaemon(t, {
    config: `${OWN_FILES}loglevel=debug\n${CONTROL}${config}`,
    args: ['-n'],
    ...more,
  });
  const path = (name: string) => join(daemon.dir, name);
  const client = createClient({ socketPath: path('socket') });
  const log = () => (existsSync(path('main.log')) ? readFileSync(path('main.log'), 'utf8') : '');
  const events = (name: string) => readEvents(path(`${name}.events`));
  const isUp = () => client.call('supervisor.getState').then((answer) => 'value' in answer);
  await waitFor(() => isUp().catch(() => false), 'the control server', undefined, daemon.output);
  return {
    daemon,
    client,
    events,
    log,
    waitForLog: (pattern, times = 1) =>
      waitFor(
        () => (log().match(new RegExp(pattern, 'g')) ?? []).length >= times,
        `${times} × ${pattern}`,
        undefined,
        log,
      ),
    waitForEvents: (name, count) =>
      waitFor(() => events(name).length >= count, `${count} events of ${name}`, undefined, log),
  };
}
