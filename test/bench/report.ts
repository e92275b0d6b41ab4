import type { Values } from './scenarios.ts';

/** All rounds of one metric, by subject. */
export type Samples = Map<string, Map<string, number[]>>;

export function addSample(samples: Samples, subject: string, values: Values): void {
  for (const [metric, value] of Object.entries(values)) {
    const bySubject = samples.get(metric) ?? new Map<string, number[]>();
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), value]);
    samples.set(metric, bySubject);
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

function renderNumber(value: number): string {
  if (!Number.isFinite(value)) return 'never';
  return value.toFixed(value !== 0 && Math.abs(value) < 100 ? 1 : 0);
}

function renderRatio(values: readonly number[], reference: readonly number[] | undefined): string {
  if (reference === undefined || median(reference) === 0) return '';
  const ratio = median(values) / median(reference);
  return Number.isFinite(ratio) ? ratio.toFixed(2) : '';
}

/** One row a metric and subject: median, least, and the medians' ratio to the reference subject. */
export function renderTable(samples: Samples, reference: string): string {
  const rows = [['metric', 'subject', 'median', 'min', `/ ${reference}`]];
  for (const [metric, bySubject] of samples) {
    for (const [subject, values] of bySubject) {
      const ratio = renderRatio(values, bySubject.get(reference));
      rows.push([metric, subject, renderNumber(median(values)), renderNumber(Math.min(...values)), ratio]);
    }
  }
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const renderRow = (row: readonly string[]) =>
    row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return rows.map(renderRow).join('\n');
}

/** Everything on one line, for machines; what never came to an end is null. */
export function renderJson(samples: Samples): string {
  return JSON.stringify(Object.fromEntries([...samples].map(([metric, rows]) => [metric, Object.fromEntries(rows)])));
}
