/** The client, under its own name or supervisorctl's. */
import { runCtl } from '../ctl/main.ts';
import { createConfigSource } from '../os/config-source.ts';
import { loadNative, type Native } from '../os/native.ts';
import { ownEnvironment } from './native.ts';

/** Null without one: the client does without, and only pays for it in milliseconds. */
function loadNativeIfThere(): Native | null {
  try {
    return loadNative(import.meta.dirname);
  } catch {
    return null;
  }
}

const NO_USERS = { userByName: () => null, userByUid: () => null, gidByName: () => null, groupExists: () => false };

async function main(): Promise<void> {
  const native = loadNativeIfThere();
  const source = createConfigSource(native ?? NO_USERS, {
    env: ownEnvironment(),
    cwd: process.cwd(),
    uid: process.getuid?.() ?? 0,
  });
  const argv0 = process.argv[1] ?? 'initvisorctl';
  process.exit(await runCtl({ argv0, words: process.argv.slice(2), source, native }));
}

main().catch((error: unknown) => {
  // Nobody reads any more: there is nobody to tell.
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE') process.exit(1);
  throw error;
});
