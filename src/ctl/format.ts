import type { ConfigInfo, ProcessInfo } from '../client/supervisor-api.ts';
import { joinNamespec } from '../model/namespec.ts';

const MIN_NAME_WIDTH = 30;
const NAME_GAP = 3;
const STATE_WIDTH = 10;

/** Columns of `status`: name, state, description. Source: supervisor/supervisorctl.py _show_statuses. */
export function renderStatus(infos: readonly ProcessInfo[]): string[] {
  const names = infos.map(({ group, name }) => joinNamespec(group, name));
  const width = Math.max(MIN_NAME_WIDTH, ...names.map((name) => [...name].length)) + NAME_GAP;
  return infos.map(({ statename, description }, at) => {
    return padEnd(names[at] ?? '', width) + padEnd(statename, STATE_WIDTH) + description;
  });
}

/** Counts characters, not UTF-16 units. */
function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length));
}

/** One line of `avail`. Source: supervisor/supervisorctl.py _formatConfigInfo. */
export function renderAvailable(info: ConfigInfo): string {
  const name = padEnd(joinNamespec(info.group, info.name), 32);
  const inuse = padEnd(info.inuse ? 'in use' : 'avail', 9);
  const autostart = padEnd(info.autostart ? 'auto' : 'manual', 9);
  return `${name} ${inuse} ${autostart} ${info.group_prio}:${info.process_prio}`;
}

function columnWidths(words: readonly string[], rows: number): number[] {
  const columns = Math.ceil(words.length / rows);
  return Array.from({ length: columns }, (_, column) =>
    Math.max(...words.slice(column * rows, (column + 1) * rows).map((word) => word.length)),
  );
}

const COLUMN_GAP = 2;

function fits(widths: readonly number[], width: number): boolean {
  return widths.reduce((sum, one) => sum + one + COLUMN_GAP, -COLUMN_GAP) <= width;
}

/** Words in as few rows as fit, column by column. Source: Python cmd.Cmd.columnize. */
export function columnize(words: readonly string[], width: number): string[] {
  let rows = 1;
  while (rows < words.length && !fits(columnWidths(words, rows), width)) rows++;
  const widths = columnWidths(words, rows);
  return Array.from({ length: rows }, (_, row) =>
    words
      .filter((_word, at) => at % rows === row)
      .map((word, column) => word.padEnd(widths[column] ?? 0))
      .join(' '.repeat(COLUMN_GAP)),
  );
}

const LIST_WIDTH = 79;

/** A heading with a rule and the words below it, as `help` lists them. Source: Python cmd.Cmd.print_topics. */
export function renderTopics(heading: string, words: readonly string[]): string[] {
  return [heading, '='.repeat(heading.length), ...columnize(words, LIST_WIDTH), ''];
}
