import { HttpStatusError } from '../client/errors.ts';
import type { Controller } from './controller.ts';
import { EXIT } from './exit-codes.ts';
import { renderError } from './generic-error.ts';
import { parseLine } from './parse-line.ts';
import type { Registry } from './registry.ts';

const UNAUTHORIZED = 401;

function isUnauthorized(error: unknown): boolean {
  return error instanceof HttpStatusError && error.status === UNAUTHORIZED;
}

type Outcome = 'leave' | 'stay';

/** Asks for name and password, and tries once more for as long as they are wrong. */
async function authenticate(ctl: Controller, run: () => Promise<Outcome>): Promise<Outcome> {
  ctl.print('Server requires authentication');
  // Upstream tries again all the same, and so prints the error as well.
  if (!ctl.interactive) return run();
  const username = await ctl.ask('Username:');
  const password = await ctl.askHidden('Password:');
  ctl.print('');
  ctl.use({ username, password });
  return withAuthentication(ctl, run);
}

async function withAuthentication(ctl: Controller, run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
    return await authenticate(ctl, run);
  }
}

/** Runs one line. No error leaves it: what a command throws is printed and sets the exit status. */
export async function runLine(ctl: Controller, registry: Registry, text: string): Promise<Outcome> {
  const { command, arg, line } = parseLine(text);
  if (line === '') return 'stay';
  const found = command === null ? undefined : registry.get(command);
  if (found === undefined) {
    ctl.fail(`*** Unknown syntax: ${line}`);
    return 'stay';
  }
  try {
    return await withAuthentication(ctl, async () => (await found.run(ctl, arg)) ?? 'stay');
  } catch (error) {
    ctl.fail(renderError(error), EXIT.generic);
    return 'stay';
  } finally {
    ctl.hangUp();
  }
}
