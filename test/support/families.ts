import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createClient } from './control-client.ts';
import { type DaemonOptions, OWN_FILES, startDaemon, type TestDaemon } from './daemon.ts';
import { killAll, processesIn } from './survivors.ts';
import { waitFor } from './wait-for.ts';

const SERVER = `[unix_http_server]
file=%DIR%/sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
`;

export interface Families {
  readonly daemon: TestDaemon;
  /** Command lines of `sleep NUMBER`, sorted: each has its own number. */
  sleepers(): string[];
  waitForSleepers(...numbers: readonly number[]): Promise<void>;
  call(method: string, ...params: readonly (string | boolean)[]): Promise<void>;
}

/** Runs programs whose descendants are told apart by how long they sleep; `global` goes on in [supervisord]. */
export function startFamilies(
  t: TestContext,
  programs: string,
  { global = '', ...options }: Partial<DaemonOptions> & { readonly global?: string } = {},
): Families {
  const daemon = startDaemon(t, { ...options, config: `${OWN_FILES}${global}${SERVER}${programs}` });
  // Also those without the environment by which others are found.
  t.after(() => killAll(processesIn(daemon.dir)));
  const client = createClient({ socketPath: join(daemon.dir, 'sock') });
  const sleepers = () =>
    processesIn(daemon.dir)
      .map(({ commandLine }) => commandLine)
      .filter((line) => /^sleep \d{3}$/.test(line))
      .sort();
  const isSame = (numbers: readonly number[]) => sleepers().join() === numbers.map((each) => `sleep ${each}`).join();
  return {
    daemon,
    sleepers,
    async waitForSleepers(...numbers) {
      const found = () => `${sleepers().join()}\n${daemon.output()}`;
      await waitFor(() => isSame(numbers), `sleepers ${numbers}`, undefined, found);
    },
    async call(method, ...params) {
      const answer = await waitFor(() => client.call(method, ...params).catch(() => null), 'the socket');
      assert.ok('value' in answer, JSON.stringify(answer));
    },
  };
}

/** A script that starts what is written, and is a program that runs until it is stopped. */
export const startsAndRuns = (start: string): string => `#!/bin/sh\n${start}\nexec sleep 1000\n`;
