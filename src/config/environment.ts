import { ValueError } from './python-text.ts';
import { splitTokens, splitTokensOld } from './shlex.ts';

type Variables = Readonly<Record<string, string>>;

/** Tokens come in fours: name, `=`, value, and a separator that may be anything. */
function pairUp(tokens: readonly string[], text: string): Map<string, string> {
  const variables = new Map<string, string>();
  for (let i = 0; i < tokens.length; i += 4) {
    const [name, equals, value] = tokens.slice(i, i + 3);
    if (name === undefined || value === undefined || equals !== '=') {
      throw new ValueError(`Unexpected end of key/value pairs in value '${text}'`);
    }
    variables.set(name, value);
  }
  return variables;
}

function parseOld(text: string): Variables {
  const pairs = pairUp(splitTokensOld(text), text);
  return Object.fromEntries(
    [...pairs].map(([name, value]) => [name, value.replace(/^['"]+/, '').replace(/['"]+$/, '')]),
  );
}

/**
 * Variables of `A=1,B="x y"`. What only Supervisor before 4.4 could read (an apostrophe inside a word, a backslash
 * before the closing quote) is read by its rules. Source: supervisor/datatypes.py dict_of_key_value_pairs.
 */
export function parseEnvironment(text: string): Variables {
  try {
    return Object.fromEntries(pairUp(splitTokens(text), text));
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    try {
      return parseOld(text);
    } catch {
      // Neither grammar takes it: the newer one's reason is the one to show.
      throw error;
    }
  }
}
