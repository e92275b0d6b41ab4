// Blank, 'single quoted', "double quoted", escaped character, anything else. `u` keeps an escaped emoji whole.
const PIECE = /([ \t\r\n]+)|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^ \t\r\n'"\\]+)/guy;
/** What is left of a double-quoted piece that ends in an escape. */
const OPEN_ESCAPE = /^"?(?:[^\\]|\\[\s\S])*\\$/u;

/** Splits as a shell does, without comments, expansions or operators. Source: Python shlex.split. */
export function splitCommand(command: string): { words: readonly string[] } | { problem: string } {
  const words: string[] = [];
  let word: string | null = null;
  let end = 0;
  for (const [piece, blank, single, double, escaped, bare] of command.matchAll(PIECE)) {
    end += piece.length;
    if (blank === undefined) {
      word = (word ?? '') + (single ?? double?.replace(/\\(["\\])/g, '$1') ?? escaped ?? bare ?? '');
    } else if (word !== null) {
      words.push(word);
      word = null;
    }
  }
  if (end < command.length) return { problem: renderOpenEnd(command.slice(end)) };
  return { words: word === null ? words : [...words, word] };
}

function renderOpenEnd(rest: string): string {
  return !rest.startsWith("'") && OPEN_ESCAPE.test(rest) ? 'No escaped character' : 'No closing quotation';
}
