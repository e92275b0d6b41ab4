import { SIGNAL_NUMBERS, signalByName } from '../model/signals.ts';

const { SIGRTMIN, SIGRTMAX } = SIGNAL_NUMBERS;
const REAL_TIME = /^(?:SIG)?RT(MIN|MAX)([+-]\d+)$/i;

function realTimeSignal(word: string): number | undefined {
  const [, edge, distance] = REAL_TIME.exec(word) ?? [];
  if (edge === undefined) return undefined;
  const signal = (edge.toUpperCase() === 'MIN' ? SIGRTMIN : SIGRTMAX) + Number(distance);
  return signal >= SIGRTMIN && signal <= SIGRTMAX ? signal : undefined;
}

/** Signal number of `15`, `TERM`, `SIGTERM`, `RTMIN+3`; 0 for `0`; undefined for what is no signal. */
export function parseSignalWord(word: string): number | undefined {
  if (/^\d+$/.test(word)) return Number(word) <= SIGRTMAX ? Number(word) : undefined;
  return signalByName(word) ?? realTimeSignal(word);
}
