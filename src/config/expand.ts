import { pythonQuote as quote } from '../model/python-quote.ts';
import { type Directive, formatValue, parseDirective } from './printf.ts';
import { ValueError } from './python-text.ts';

/** Names that a `%(name)s` may use. */
export interface Scope {
  readonly names: Readonly<Record<string, string | number>>;
  /** Variables reached as `ENV_<NAME>`; a later layer hides an earlier one. */
  readonly env: readonly Readonly<Record<string, string>>[];
}

/** The same scope with more names. */
export function withNames(scope: Scope, names: Readonly<Record<string, string | number>>): Scope {
  return { names: { ...scope.names, ...names }, env: scope.env };
}

/** The same scope with variables that hide those of the same name. */
export function withEnv(scope: Scope, env: Readonly<Record<string, string>>): Scope {
  return { names: scope.names, env: [...scope.env, env] };
}

function lookupEnv(scope: Scope, name: string): string | undefined {
  return scope.env.findLast((layer) => Object.hasOwn(layer, name))?.[name];
}

/** `ENV_NAME:-default`: the default stands in for a variable that is unset or empty, as in the shell. */
function lookupDefault(scope: Scope, name: string): string | undefined {
  const at = name.indexOf(':-');
  if (!name.startsWith('ENV_') || at < 0) return undefined;
  return lookupEnv(scope, name.slice(4, at)) || name.slice(at + 2);
}

function lookup(scope: Scope, name: string): string | number | undefined {
  if (Object.hasOwn(scope.names, name)) return scope.names[name];
  const variable = name.startsWith('ENV_') ? lookupEnv(scope, name.slice(4)) : undefined;
  return variable ?? lookupDefault(scope, name);
}

class MissingName extends ValueError {}

/**
 * A directive without a name would print the whole table of names, environment included, in the real one: it is an
 * error here. `first`: no directive came before it, so the real one would look at its type at all.
 */
function refuseBare(directive: Directive, first: boolean): never {
  if (first && !'sra'.includes(directive.type)) formatValue({ typeName: 'dict' }, directive);
  throw new ValueError('not enough arguments for format string');
}

function expandDirective(directive: Directive, scope: Scope, first: boolean): string {
  const { name } = directive;
  if (name === null) return refuseBare(directive, first);
  const value = lookup(scope, name);
  if (value === undefined) throw new MissingName(name);
  return formatValue(value, directive);
}

function expandAll(format: string, scope: Scope): string {
  const out: string[] = [];
  let at = 0;
  let first = true;
  for (let percent = format.indexOf('%'); percent >= 0; percent = format.indexOf('%', at)) {
    out.push(format.slice(at, percent));
    if (format[percent + 1] === '%') {
      out.push('%');
      at = percent + 2;
      continue;
    }
    const directive = parseDirective(format, percent + 1);
    out.push(expandDirective(directive, scope, first));
    first = false;
    at = directive.end;
  }
  return out.join('') + format.slice(at);
}

/** Variables' names are nobody's business in a log: they stand as `ENV_*`. */
function availableNames(scope: Scope): string {
  return [...Object.keys(scope.names).sort(), 'ENV_*'].join(', ');
}

/**
 * Expands `%(name)s` and its kin. `label` names the option in errors, which are ValueErrors in Supervisor's words.
 * Source: supervisor/options.py expand.
 */
export function expand(format: string, scope: Scope, label: string): string {
  if (!format.includes('%')) return format;
  try {
    return expandAll(format, scope);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const start = `Format string ${quote(format)} for ${quote(label)}`;
    if (!(error instanceof MissingName)) throw new ValueError(`${start} is badly formatted: ${error.message}`);
    const missing = quote(error.message);
    throw new ValueError(
      `${start} contains names (${missing}) which cannot be expanded. Available names: ${availableNames(scope)}`,
    );
  }
}
