import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { writeFully } from './output.ts';
import { subscribeSignals } from './signals.ts';

/** What came of asking for a line: `end` is the end of the input, `interrupt` Ctrl-C. */
export type InputLine =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'interrupt' };

/** Words that could stand where the last one is being typed; null: none are known. */
export type Completer = (line: string) => Promise<readonly string[]>;

export interface InputReader {
  /** One line, without its end. On a terminal it can be edited, and with a completer it can be completed. */
  readLine(prompt: string, completer?: Completer): Promise<InputLine>;
  /** The same without showing it. */
  readHidden(prompt: string): Promise<InputLine>;
  /** Ends the wait for a line, if there is one, as Ctrl-C does. */
  interrupt(): void;
  /** Lines that the arrow keys bring back, oldest first. */
  readonly history: string[];
  close(): void;
}

type Settle = (line: InputLine) => void;

/** Lines that have come, and whoever waits for the next. */
class LineQueue {
  readonly #lines: InputLine[] = [];
  #waiting: Settle | null = null;
  #ended = false;

  add(line: InputLine): void {
    if (line.kind === 'end') this.#ended = true;
    const settle = this.#waiting;
    this.#waiting = null;
    if (settle !== null) settle(line);
    else if (line.kind === 'line') this.#lines.push(line);
  }

  next(): Promise<InputLine> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#ended) return Promise.resolve({ kind: 'end' });
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }
}

/** From a pipe or file: the prompt is printed all the same, as upstream. */
function createPipedReader(): InputReader {
  const queue = new LineQueue();
  const lines = createInterface({ input: process.stdin, terminal: false });
  lines.on('line', (text) => queue.add({ kind: 'line', text }));
  lines.on('close', () => queue.add({ kind: 'end' }));
  async function readLine(prompt: string): Promise<InputLine> {
    writeFully(1, prompt);
    const release = subscribeSignals(['SIGINT'], () => queue.add({ kind: 'interrupt' }));
    return queue.next().finally(release);
  }
  const interrupt = (): void => queue.add({ kind: 'interrupt' });
  return { history: [], readLine, readHidden: readLine, interrupt, close: () => lines.close() };
}

function completeWith(completer: Completer | undefined) {
  return (line: string, done: (error: null, result: [string[], string]) => void): void => {
    const word = /\S*$/.exec(line)?.[0] ?? '';
    const found = completer?.(line) ?? Promise.resolve([]);
    found.then(
      (words) => done(null, [words.filter((one) => one.startsWith(word)), word]),
      () => done(null, [[], word]),
    );
  };
}

/** Swallows what the editor echoes. */
function muteEcho(editor: Interface): void {
  Reflect.set(editor, '_writeToOutput', () => undefined);
}

/**
 * From a terminal. The editor lives for one line only: between two of them the terminal is as it always is, so that
 * Ctrl-C interrupts what runs.
 */
function createTerminalReader(): InputReader {
  const history: string[] = [];
  const queue = new LineQueue();

  async function read(prompt: string, hidden: boolean, completer: Completer | undefined): Promise<InputLine> {
    if (!queue.isEmpty) return queue.next();
    const editor = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: true,
      history: hidden ? [] : history.toReversed(),
      completer: completeWith(completer),
    });
    editor.on('line', (text) => queue.add({ kind: 'line', text }));
    editor.on('SIGINT', () => queue.add({ kind: 'interrupt' }));
    const onClose = (): void => queue.add({ kind: 'end' });
    editor.on('close', onClose);
    editor.setPrompt(prompt);
    editor.prompt();
    if (hidden) muteEcho(editor);
    const line = await queue.next();
    // Its own listeners stay: they let go of the terminal.
    editor.off('close', onClose);
    editor.close();
    if (line.kind === 'line' && line.text !== '' && !hidden) history.push(line.text);
    return line;
  }

  return {
    history,
    readLine: (prompt, completer) => read(prompt, false, completer),
    readHidden: (prompt) => read(prompt, true, undefined),
    interrupt: () => queue.add({ kind: 'interrupt' }),
    close: () => process.stdin.unref(),
  };
}

/** Reads from standard input, as a terminal when it is one. */
export function openInput(): InputReader {
  return process.stdin.isTTY && process.stdout.isTTY ? createTerminalReader() : createPipedReader();
}

/** Lines of a history file; none when it cannot be read. */
export function readHistory(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    // The first time there is none.
    return [];
  }
}

/** Replaces a history file; one that cannot be written is done without, as upstream. */
export function writeHistory(path: string, lines: readonly string[]): void {
  try {
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  } catch {
    // A read-only home is no reason to fail on leaving.
  }
}
