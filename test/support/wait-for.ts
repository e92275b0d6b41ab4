import { setTimeout as sleep } from 'node:timers/promises';

/** Long enough for two busy cores: reached only when something is broken. */
const PATIENCE_MS = 20_000;
const STEP_MS = 10;

/** Waits until `probe` gives something that is not null, undefined or false. */
export async function waitFor<T>(
  probe: () => T | Promise<T>,
  what: string,
  timeoutMs = PATIENCE_MS,
  context: () => string = () => '',
): Promise<NonNullable<Exclude<T, false>>> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found !== null && found !== undefined && found !== false) return found as NonNullable<Exclude<T, false>>;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}\n${context()}`);
    await sleep(STEP_MS);
  }
}
