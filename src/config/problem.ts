/** Something wrong in a configuration, and where. */
export interface Problem {
  /** `note`: nothing is wrong here, it is only good to know. */
  readonly severity: 'error' | 'warning' | 'note';
  /** Empty for the command line. */
  readonly file: string;
  /** From 1; 0 when it is about the file as a whole. */
  readonly line: number;
  /** Empty outside any section. */
  readonly section: string;
  readonly key: string | null;
  readonly text: string;
}

/** `file:line: `, less where there is no line or file. */
function renderPlace({ file, line }: Problem): string {
  if (file === '') return '';
  return line > 0 ? `${file}:${line}: ` : `${file}: `;
}

/** With the option that it is about, as Supervisor's texts do not say it. */
function renderText({ section, key, text }: Problem): string {
  return key === null ? text : `[${section}] ${key}: ${text}`;
}

/** `file:line: error: [section] option: text`. */
export function renderProblem(problem: Problem): string {
  return `${renderPlace(problem)}${problem.severity}: ${renderText(problem)}`;
}

/** The same without the severity, for a log that shows it itself. */
export function renderPlacedText(problem: Problem): string {
  return renderPlace(problem) + renderText(problem);
}

export type Place = Pick<Problem, 'file' | 'line' | 'section' | 'key'>;

/** Collects problems; the same one at the same place counts once. */
export class ProblemLog {
  readonly #problems: Problem[] = [];
  readonly #seen = new Set<string>();
  #fatal: string | null = null;

  /** `fatal` is the whole message that Supervisor ends with, where that is longer than the text. */
  error(place: Place, text: string, fatal = text): void {
    this.#fatal ??= fatal;
    this.#add({ severity: 'error', ...place, text });
  }

  warning(place: Place, text: string): void {
    this.#add({ severity: 'warning', ...place, text });
  }

  note(place: Place, text: string): void {
    this.#add({ severity: 'note', ...place, text });
  }

  #add(problem: Problem): void {
    const identity = JSON.stringify([problem.file, problem.line, problem.text]);
    if (this.#seen.has(identity)) return;
    this.#seen.add(identity);
    this.#problems.push(problem);
  }

  /** Whether what a section says can be taken at its word. */
  isSound(section: string): boolean {
    return !this.#problems.some((problem) => problem.severity === 'error' && problem.section === section);
  }

  /** Message of the first error, null when there is none. */
  get fatal(): string | null {
    return this.#fatal;
  }

  /** In the order of files as given, then of lines. */
  sorted(files: readonly string[]): readonly Problem[] {
    const rank = new Map(files.map((file, index) => [file, index]));
    const rankOf = (problem: Problem) => rank.get(problem.file) ?? -1;
    return [...this.#problems].sort((a, b) => rankOf(a) - rankOf(b) || a.line - b.line);
  }
}
