import { type CommandShape, flag, type Given, UsageError } from './command-line.ts';
import { commandMailFlags } from './mail-options.ts';

export const MEMMON_SHAPE: CommandShape = {
  name: 'memmon',
  synopsis: '[-c] [-p NAME=SIZE]... [-g GROUP=SIZE]... [-a SIZE] [-m ADDR] [-u TIME] [-n NAME]',
  about:
    'Restarts processes that hold more memory than they may. Sizes are bytes, or have the suffix KB, MB or GB. ' +
    'An event listener, for events=TICK_60 or another TICK.',
  parser: 'getopt',
  flags: [
    flag('-h, --help', 'print this and end'),
    flag('-c, --cumulative', "count the memory of a process's descendants as its own"),
    flag('-p, --program NAME=SIZE', 'limit of a process, given as name or group:name'),
    flag('-g, --group GROUP=SIZE', 'limit of each process of a group'),
    flag('-a, --any SIZE', 'limit of every process'),
    flag('-u, --uptime TIME', 'mail only about processes that have been up for no longer; seconds, or with s, m, h, d'),
    flag('-n, --name NAME', 'goes into the subject of mails'),
    ...commandMailFlags(),
  ],
};

export interface MemmonOptions {
  readonly cumulative: boolean;
  /** Bytes by name; so is `groups`. */
  readonly programs: ReadonlyMap<string, number>;
  readonly groups: ReadonlyMap<string, number>;
  readonly any: number | null;
  readonly uptimeSeconds: number;
  readonly name: string | null;
}

const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };
const TIME_UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** A whole number with a unit; null for anything else. */
function parseQuantity(text: string, units: Readonly<Record<string, number>>): number | null {
  const [, number, suffix = ''] = /^\s*(\d+)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const unit = Object.entries(units).find(([name]) => name.toLowerCase() === suffix.toLowerCase())?.[1];
  return number === undefined || unit === undefined ? null : Number(number) * unit;
}

function readSize(text: string, value: string, spelled: string): number {
  const bytes = parseQuantity(text, SIZE_UNITS);
  if (bytes === null) throw new UsageError(`Unparseable byte_size in '${value}' for '${spelled}'`);
  return bytes;
}

function readLimits(given: Given, long: string): ReadonlyMap<string, number> {
  const limits = given.flags.filter((one) => one.long === long);
  return new Map(
    limits.map(({ value, spelled }) => {
      const [, name, size] = /^([^=]*)=([^=]*)$/.exec(value) ?? [];
      if (name === undefined || size === undefined) {
        throw new UsageError(`Unparseable value '${value}' for '${spelled}'`);
      }
      return [name.trim(), readSize(size, value, spelled)];
    }),
  );
}

function readUptime(given: Given): number {
  const last = given.flags.filter(({ long }) => long === 'uptime').at(-1);
  if (last === undefined) return Number.POSITIVE_INFINITY;
  const seconds = parseQuantity(last.value, TIME_UNITS);
  if (seconds === null) throw new UsageError(`Unparseable value for time in '${last.value}' for ${last.spelled}`);
  return seconds;
}

/** @throws UsageError */
export function readMemmonOptions(given: Given): MemmonOptions {
  const any = given.flags.filter(({ long }) => long === 'any').at(-1);
  return {
    cumulative: given.has('cumulative'),
    programs: readLimits(given, 'program'),
    groups: readLimits(given, 'group'),
    any: any === undefined ? null : readSize(any.value, any.value, any.spelled),
    uptimeSeconds: readUptime(given),
    name: given.last('name') ?? null,
  };
}
