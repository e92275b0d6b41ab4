import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { type Background, continueInBackground, enterBackground } from '../init/background.ts';
import { shellExitStatus } from '../model/exit-status.ts';
import type { Native } from '../os/native.ts';
import { waitForChild } from '../os/reaper.ts';

type Environment = Readonly<Record<string, string>>;

/** Whether this process was started to be in the background, and how it gets there. */
export function backgroundOf(native: Native, env: Environment): Background {
  return enterBackground(env, {
    native,
    openNull: () => openSync('/dev/null', 'r+'),
    writeByte: (fd) => void writeSync(fd, '1'),
  });
}

/** Leaves a copy of this process in the background and ends this one. */
export function goToBackground(native: Native, env: Environment): never {
  const status = continueInBackground({
    native,
    env,
    commandLine: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    readByte(fd) {
      const count = readSync(fd, Buffer.alloc(1));
      closeSync(fd);
      return count > 0;
    },
    waitFor: (pid) => shellExitStatus(waitForChild(native, pid)),
  });
  process.exit(status);
}
