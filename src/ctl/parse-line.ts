export interface ParsedLine {
  /** Null where the line does not begin with a word. */
  readonly command: string | null;
  readonly arg: string;
  /** The whole line, trimmed. */
  readonly line: string;
}

/** Takes a line apart: `?x` is `help x`, a command ends at the first character that no name has. Source: Python cmd.Cmd.parseline. */
export function parseLine(text: string): ParsedLine {
  const trimmed = text.trim();
  const line = trimmed.startsWith('?') ? `help ${trimmed.slice(1)}` : trimmed;
  const command = /^[A-Za-z0-9_]+/.exec(line)?.[0] ?? null;
  return { command, arg: command === null ? '' : line.slice(command.length).trim(), line };
}
