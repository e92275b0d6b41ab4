import { SIGNAL_ALIASES, SIGNAL_NUMBERS } from '../model/signals.ts';
import { RpcFault } from './fault.ts';

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...Object.entries(SIGNAL_NUMBERS),
  ...Object.entries(SIGNAL_ALIASES).map(([alias, name]): [string, number] => [alias, SIGNAL_NUMBERS[name]]),
]);
/** 0 only asks whether a process is there; upstream lets it through, as SIG_DFL's value. */
const VALID: ReadonlySet<number> = new Set([0, ...NUMBERS.values()]);

/**
 * Signal number of `HUP`, `SIGHUP`, `hup`, `1`.
 * @throws RpcFault BAD_SIGNAL. Source: supervisor/datatypes.py signal_number.
 */
export function parseSignal(text: string): number {
  const word = text.trim().toUpperCase();
  const name = word.startsWith('SIG') ? word : `SIG${word}`;
  const number = /^[+-]?\d+$/.test(word) ? Number(word) : NUMBERS.get(name);
  if (number === undefined || !VALID.has(number)) throw new RpcFault('BAD_SIGNAL', text);
  return number;
}
