import type { LogLevel } from '../model/log-level.ts';
import { renderIsoTime } from '../os/local-time.ts';
import type { ConsoleForm } from '../os/stream-console.ts';

export type ConsoleMode = 'off' | ConsoleForm;

/** Who writes a line, and how it is to look. */
export interface ConsoleStyle {
  readonly form: ConsoleForm;
  /** Process name, or the daemon's own. */
  readonly name: string;
  /** A space comes after it. */
  readonly prefix: string;
  /** The prefix gets a colour of its own: on a terminal only. */
  readonly colour: boolean;
}

/** Foreground colours that are told apart on dark and light terminals. */
const COLOURS = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94] as const;

function colourOf(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return COLOURS[sum % COLOURS.length] ?? COLOURS[0];
}

/** What stands before each line; nothing where lines are raw or JSON. */
export function renderPrefix({ form, name, prefix, colour }: ConsoleStyle): string {
  if (form !== 'prefix' || prefix === '') return '';
  return colour ? `\x1b[${colourOf(name)}m${prefix}\x1b[0m ` : `${prefix} `;
}

/** A member of a JSON object, as `"program":"web"`. */
export function renderMember(name: string, value: string): string {
  return `${JSON.stringify(name)}:${JSON.stringify(value)}`;
}

/** One of the daemon's own lines. */
export interface OwnLine {
  readonly level: LogLevel;
  readonly wallMs: number;
  readonly text: string;
  /** As it stands in the log file, with time and level. */
  readonly rendered: string;
}

/** The same line as it looks on the console, its end included. */
export function renderOwnLine(style: ConsoleStyle, { level, wallMs, text, rendered }: OwnLine): string {
  if (style.form === 'json') {
    const ts = renderIsoTime(wallMs);
    return `${JSON.stringify({ ts, program: style.name, stream: 'log', level, message: text })}\n`;
  }
  const prefix = renderPrefix(style);
  return `${prefix}${prefix === '' ? rendered : rendered.replaceAll('\n', `\n${prefix}`)}\n`;
}
