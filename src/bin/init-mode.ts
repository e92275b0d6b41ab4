/** Init mode: runs one command as tini and dumb-init do. A bundle of its own, as each millisecond here is one of every start. */
import { existsSync } from 'node:fs';
import { type InitContext, type InitOptions, parseInitCommandLine } from '../init/command-line.ts';
import { CATCHABLE_SIGNALS } from '../init/forwarding.ts';
import { InitMode } from '../init/init-mode.ts';
import { INIT_USAGE, renderInitHelp } from '../init/init-usage.ts';
import { SIGNAL_NUMBERS } from '../model/signals.ts';
import { createClock } from '../os/clock.ts';
import { missedByNode } from '../os/missed-signals.ts';
import type { Native } from '../os/native.ts';
import { ownWordBytes, toBytes } from '../os/own-words.ts';
import { hasSiblingIn, ownChildren } from '../os/process-table.ts';
import { loadNativeOrExit } from './native.ts';
import { programName } from './own-name.ts';
import { VERSION } from './version.ts';

const USAGE_STATUS = 1;
const LICENSE = 'initvisor is free software under the MIT license; the package has its text in LICENSE.';

function say(text: string): never {
  process.stdout.write(`${text}\n`);
  process.exit(0);
}

function failUsage(program: string, message: string): never {
  process.stderr.write(`${program}: ${message}\n${INIT_USAGE}; \`initvisor -h --\` lists the flags\n`);
  process.exit(USAGE_STATUS);
}

function run(
  options: InitOptions,
  context: InitContext & { readonly native: Native; readonly missed: number[] },
): void {
  const { native, missed, program, env } = context;
  const mode = new InitMode(
    {
      native,
      clock: createClock(),
      pid: process.pid,
      program,
      words: ownWordBytes(options.command),
      path: env.PATH === undefined ? undefined : toBytes(env.PATH),
      missedSignals: missed,
      sharesGroup: hasSiblingIn,
      fileExists: (path) => existsSync(Buffer.from(path, 'latin1')),
      children: () => ownChildren(native),
      leaveDirectory: () => process.chdir('/'),
    },
    options,
  );
  const status = mode.run();
  process.emit('exit', status);
  native.exitNow(status);
}

const native = loadNativeOrExit();
const unhandled = native.catchSignals(CATCHABLE_SIGNALS);
const missed = process.pid === 1 ? missedByNode((signal) => !unhandled.includes(signal)) : [];
const context = { program: programName(), env: process.env };
const parsed = parseInitCommandLine(process.argv.slice(2), context);

switch (parsed.kind) {
  case 'help':
    say(renderInitHelp().trimEnd());
    break;
  case 'version':
    say(VERSION);
    break;
  case 'license':
    say(LICENSE);
    break;
  case 'error':
    failUsage(context.program, parsed.message);
    break;
  case 'run':
    run(parsed.options, { ...context, native, missed: missed.map((name) => SIGNAL_NUMBERS[name]) });
}
