import { RpcFault } from '../client/errors.ts';
import { FAULT_CODES } from '../model/faults.ts';
import type { Controller } from './controller.ts';
import { EXIT } from './exit-codes.ts';
import { systemErrorCode } from './generic-error.ts';

const API_VERSION = '3.0';

const NO_INTERFACE =
  'Sorry, supervisord responded but did not recognize the supervisor namespace commands that supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] section is enabled in the configuration file (see sample.conf).';

function otherVersion(version: string): string {
  return `Sorry, this version of supervisorctl expects to talk to a server with API version ${API_VERSION}, but the remote version is ${version}.`;
}

/** Line and exit status for an error that says there is no server to talk to; null for any other. */
function explainFailure(error: unknown, serverurl: string): readonly [string, number] | null {
  if (error instanceof RpcFault && error.code === FAULT_CODES.UNKNOWN_METHOD) return [NO_INTERFACE, EXIT.unimplemented];
  const code = systemErrorCode(error);
  if (code === 'ECONNREFUSED') return [`${serverurl} refused connection`, EXIT.refused];
  if (code === 'ENOENT') return [`${serverurl} no such file`, EXIT.notRunning];
  return null;
}

/** Finds out whether there is a server that can be talked to; says so and sets the exit status when there is none. */
export async function upcheck(ctl: Controller): Promise<boolean> {
  try {
    const version = await ctl.server.getVersion();
    if (version === API_VERSION) return true;
    ctl.fail(otherVersion(version), EXIT.notInstalled);
  } catch (error) {
    const explained = explainFailure(error, ctl.serverurl);
    if (explained === null) throw error;
    ctl.fail(...explained);
  }
  return false;
}
