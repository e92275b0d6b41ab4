import { FAULT_CODES, type FaultName } from '../model/faults.ts';

/** A failure that clients are told by code and text, `NAME` or `NAME: extra`. Source: supervisor/xmlrpc.py RPCError. */
export class RpcFault extends Error {
  readonly code: number;

  constructor(fault: FaultName, extra?: string) {
    super(extra === undefined ? fault : `${fault}: ${extra}`);
    this.name = 'RpcFault';
    this.code = FAULT_CODES[fault];
  }
}
