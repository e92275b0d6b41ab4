import type { ProcessUsage } from '../client/initvisor-api.ts';
import { joinNamespec } from '../model/namespec.ts';

const HEAD = ['NAME', 'STATE', 'PID', 'CPU%', 'MEMORY', 'PROCESSES'] as const;
/** The others are numbers and end where their heading ends. */
const LEFT_COLUMNS = 2;
const KIB_PER_MIB = 1024;

type Numbers = Pick<ProcessUsage, 'cpu' | 'memory_kib' | 'processes'>;

function numbersOf({ cpu, memory_kib, processes }: Numbers): readonly string[] {
  return [cpu.toFixed(1), `${(memory_kib / KIB_PER_MIB).toFixed(1)} MiB`, String(processes)];
}

function rowOf(usage: ProcessUsage): readonly string[] {
  const name = joinNamespec(usage.group, usage.name);
  if (usage.pid === 0) return [name, usage.state, '-', '-', '-', '-'];
  return [name, usage.state, String(usage.pid), ...numbersOf(usage)];
}

function totalOf(usages: readonly ProcessUsage[]): Numbers {
  const sum = (value: (usage: ProcessUsage) => number) => usages.reduce((total, usage) => total + value(usage), 0);
  return {
    cpu: sum(({ cpu }) => cpu),
    memory_kib: sum(({ memory_kib }) => memory_kib),
    processes: sum(({ processes }) => processes),
  };
}

/** A table of what programs take, with a last line for all of them. */
export function renderUsage(usages: readonly ProcessUsage[]): string[] {
  const rows = [HEAD, ...usages.map(rowOf), ['total', '', '', ...numbersOf(totalOf(usages))]];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column < LEFT_COLUMNS ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  '),
  );
}
