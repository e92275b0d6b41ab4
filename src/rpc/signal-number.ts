import { SIGNAL_NUMBERS, signalByName } from '../model/signals.ts';
import { RpcFault } from './fault.ts';

/** 0 only asks whether a process is there; upstream lets it through, as SIG_DFL's value. */
const VALID: ReadonlySet<number> = new Set([0, ...Object.values(SIGNAL_NUMBERS)]);

/**
 * Signal number of `HUP`, `SIGHUP`, `hup`, `1`.
 * @throws RpcFault BAD_SIGNAL. Source: supervisor/datatypes.py signal_number.
 */
export function parseSignal(text: string): number {
  const word = text.trim();
  const number = /^[+-]?\d+$/.test(word) ? Number(word) : signalByName(word);
  if (number === undefined || !VALID.has(number)) throw new RpcFault('BAD_SIGNAL', text);
  return number;
}
