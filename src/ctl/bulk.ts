import { RpcFault } from '../client/errors.ts';
import type { StatusEntry } from '../client/supervisor-api.ts';
import { FAULT_CODES } from '../model/faults.ts';
import { splitNamespec } from '../model/namespec.ts';
import type { Controller } from './controller.ts';
import { exitStatusOfResult } from './exit-codes.ts';
import { renderResult, type Wording } from './results.ts';

/** One request that goes to all processes, to those of a group, or to one. */
export interface BulkRequest {
  readonly wording: Wording;
  /** A fault that does not count as a failure. */
  readonly ignored: number | null;
  /** Exit status for a group that is not there. */
  readonly unknownGroup: number;
  all(): Promise<readonly StatusEntry[]>;
  /** Null where groups are not taken. */
  readonly group: ((name: string) => Promise<readonly StatusEntry[]>) | null;
  one(name: string): Promise<unknown>;
}

function report(ctl: Controller, request: BulkRequest, entry: StatusEntry): void {
  ctl.print(renderResult(entry, request.wording));
  ctl.exitStatus = exitStatusOfResult(entry.status, request.ignored) ?? ctl.exitStatus;
}

async function askGroup(ctl: Controller, request: BulkRequest, name: string, ask: NonNullable<BulkRequest['group']>) {
  try {
    for (const entry of await ask(name)) report(ctl, request, entry);
  } catch (error) {
    if (!(error instanceof RpcFault) || error.code !== FAULT_CODES.BAD_NAME) throw error;
    ctl.fail(`${name}: ERROR (no such group)`, request.unknownGroup);
  }
}

async function askOne(ctl: Controller, request: BulkRequest, name: string): Promise<void> {
  const { group, process = 'None' } = splitNamespec(name);
  const entry = { name: process, group, status: FAULT_CODES.SUCCESS as number, description: 'OK' };
  try {
    await request.one(name);
    report(ctl, request, entry);
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    report(ctl, request, { ...entry, status: error.code, description: error.faultString });
  }
}

/** Runs a request for each name in turn, or once for `all`, and prints each result. */
export async function runBulk(ctl: Controller, names: readonly string[], request: BulkRequest): Promise<void> {
  if (names.includes('all')) {
    for (const entry of await request.all()) report(ctl, request, entry);
    return;
  }
  for (const name of names) {
    const { group, process } = splitNamespec(name);
    if (process === undefined && request.group !== null) await askGroup(ctl, request, group, request.group);
    else await askOne(ctl, request, name);
  }
}
