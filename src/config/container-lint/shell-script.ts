/** What the shell makes of a script's last command. */
export type ScriptEnd =
  /** It runs as the shell's child, and could take its place with `exec`. */
  | { readonly kind: 'simple'; readonly text: string; readonly hasRedirection: boolean }
  /** It takes the shell's place. */
  | { readonly kind: 'exec'; readonly text: string }
  /** The shell is needed to the end: a loop, a pipeline, something after the program. */
  | { readonly kind: 'compound' }
  /** The shell ends and leaves it behind. */
  | { readonly kind: 'background' }
  /** The shell does all by itself or handles signals, or nobody can tell. */
  | { readonly kind: 'own' };

/** One command of a script. */
interface Segment {
  text: string;
  /** The same without what is quoted or substituted. */
  bare: string;
  /** The operator after it. */
  after: string;
}

const OPERATOR = /^(?:&&|\|\||;;|[;\n]|\|&?|&)/;
const QUOTED = /^(?:'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|`[^`]*`)/;
/** With the `&` that is no operator: `2>&1`, `&>file`. */
const REDIRECTION = /^(?:[<>]+&?[-\d]*|&>+|>\|)/;

/** Length of the `$(…)` that a text begins with; 0 when it does not end. */
function substitutionLength(text: string): number {
  let depth = 0;
  for (let at = 1; at < text.length; at++) {
    const quoted = QUOTED.exec(text.slice(at));
    if (quoted !== null) at += quoted[0].length - 1;
    else if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at + 1;
  }
  return 0;
}

/** Adds the next piece of a script to the segments and says how long it is; 0: it cannot be told. */
function take(rest: string, segments: Segment[]): number {
  const segment = segments.at(-1) ?? { text: '', bare: '', after: '' };
  if (rest.startsWith('<<')) return 0;
  const hidden = rest.startsWith('$(') ? rest.slice(0, substitutionLength(rest)) : QUOTED.exec(rest)?.[0];
  if (hidden !== undefined) {
    segment.text += hidden;
    segment.bare += '_';
    return hidden.length;
  }
  const redirection = REDIRECTION.exec(rest)?.[0];
  const operator = redirection === undefined ? OPERATOR.exec(rest)?.[0] : undefined;
  if (operator !== undefined) {
    segment.after = operator;
    segments.push({ text: '', bare: '', after: '' });
    return operator.length;
  }
  const plain = redirection ?? rest.slice(0, 1);
  if (/^['"`]/.test(plain)) return 0;
  segment.text += plain;
  segment.bare += plain;
  return plain.length;
}

/** Commands between operators; null for a script whose quotes do not close or that holds a here-document. */
function split(script: string): readonly Segment[] | null {
  const segments: Segment[] = [{ text: '', bare: '', after: '' }];
  for (let at = 0; at < script.length; ) {
    const length = take(script.slice(at), segments);
    if (length === 0) return null;
    at += length;
  }
  return segments
    .map(({ text, bare, after }) => ({ text: text.trim(), bare: bare.trim(), after }))
    .filter(({ text }) => text !== '');
}

/** Reserved words and assignments before a command's name. */
const LEADING =
  /^(?:(?:if|then|elif|else|while|until|do|time)\s+|[!{(]\s*|[A-Za-z_]\w*=(?:'[^']*'|"[^"]*"|[^\s'"])*(?:\s+|$))+/;
const COMPOUND =
  /^(?:if|then|elif|else|fi|while|until|for|select|case|esac|do|done|time|function)(?=\s|$)|^[!{}(]|\)$|^\w+\s*\(\)/;
/** What the shell does itself, or what is over at once. */
const BUILTIN =
  /^(?:\.|:|\[|\[\[|alias|break|cd|continue|date|done|echo|esac|eval|exit|export|false|fi|for|kill|local|printf|pwd|read|readonly|return|set|shift|sleep|source|test|touch|true|type|ulimit|umask|unset|wait|\}|\))?(?=\s|$|[<>])/;
const TAKES_OVER = /^exec\s+(?!\d*[<>&])(?=\S)/;

const commandOf = ({ text }: Segment) => text.replace(LEADING, '');
const isBuiltin = (segment: Segment) => BUILTIN.test(commandOf(segment));
const takesOver = (segment: Segment) => TAKES_OVER.test(commandOf(segment));

/** How a script ends, as far as it can be told without running it. */
export function scriptEnd(script: string): ScriptEnd {
  const segments = split(script) ?? [];
  const last = segments.at(-1);
  if (last === undefined || segments.some((segment) => /^trap\s/.test(commandOf(segment)))) return { kind: 'own' };
  if (last.after === '&') return { kind: 'background' };
  const isCompound = COMPOUND.test(last.bare) || ['|', '|&'].includes(segments.at(-2)?.after ?? '');
  if (takesOver(last) && !isCompound) return { kind: 'exec', text: commandOf(last).replace(TAKES_OVER, '') };
  if (segments.every(isBuiltin) || segments.some(takesOver)) return { kind: 'own' };
  if (isCompound || isBuiltin(last)) return { kind: 'compound' };
  return { kind: 'simple', text: commandOf(last), hasRedirection: /[<>]/.test(last.bare) };
}
