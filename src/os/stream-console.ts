/** How lines look on the console: as they are, after a prefix, or as JSON objects. */
export type ConsoleForm = 'raw' | 'prefix' | 'json';

/** A stream's way to the container's own stdout or stderr, besides its sink. Whole lines only; 64 KiB of one without an end. */
export interface StreamConsole {
  /** Id of it. */
  readonly sink: number;
  readonly form: ConsoleForm;
  /** Before each line, empty for `raw`; a line without an end gets one. */
  readonly prefix: string;
  /** Members of a JSON object, `"program":"web"` and `"stream":"stdout"`; an object that has them keeps its own. */
  readonly program: string;
  readonly channel: string;
  /** 0: no limit. What is dropped is counted, and said on the console. */
  readonly linesASecond: number;
  /** An open stream to share the limit with. */
  readonly limitWith: number | null;
}
