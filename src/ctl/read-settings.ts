import { expand, type Scope } from '../config/expand.ts';
import { findConfigFile } from '../config/find.ts';
import { type IniFile, type IniOption, parseIni } from '../config/ini.ts';
import { absolutePath, directoryOf, normalizePath } from '../config/paths.ts';
import { ValueError } from '../config/python-text.ts';
import type { ConfigSource } from '../config/source.ts';
import { decodeUtf8 } from '../config/utf8.ts';
import { pythonQuote } from '../model/python-quote.ts';
import type { CtlFlags } from './flags.ts';
import { DEFAULT_PROMPT, DEFAULT_SERVER_URL, type Settings } from './settings.ts';

const SECTION = 'supervisorctl';

/** `usage` ends with the hint at -h and status 2, `parse` is a file that is no configuration at all. */
export class SettingsError extends Error {
  readonly kind: 'usage' | 'parse';

  constructor(kind: 'usage' | 'parse', message: string) {
    super(message);
    this.name = 'SettingsError';
    this.kind = kind;
  }
}

function readText(source: ConfigSource, path: string): string {
  if (!source.exists(path)) throw new SettingsError('usage', `could not find config file ${path}`);
  let bytes: Uint8Array;
  try {
    bytes = source.readFile(path);
  } catch {
    throw new SettingsError('usage', `could not read config file ${path}`);
  }
  return decodeUtf8(bytes);
}

function requireWellFormed(ini: IniFile, path: string): void {
  const { headless, bad } = ini;
  if (headless !== null) {
    const where = `file: ${pythonQuote(path)}, line: ${headless.line}`;
    throw new SettingsError('parse', `File contains no section headers.\n${where}\n${pythonQuote(headless.text)}`);
  }
  if (bad.length === 0) return;
  const lines = bad.map(({ line, text }) => `\n\t[line ${String(line).padStart(2)}]: ${pythonQuote(text)}`);
  throw new SettingsError('parse', `Source contains parsing errors: ${pythonQuote(path)}${lines.join('')}`);
}

/** Options of the section, those of [DEFAULT] beneath; null without the section. */
function sectionOptions(ini: IniFile): ReadonlyMap<string, string> | null {
  if (!ini.sections.some(({ name }) => name === SECTION)) return null;
  const of = (wanted: string): IniOption[] =>
    ini.sections.flatMap(({ name, options }) => (name === wanted ? options : []));
  return new Map([...of('DEFAULT'), ...of(SECTION)].map(({ key, value }) => [key, value]));
}

function readFileSettings(source: ConfigSource, path: string): Omit<Settings, 'interactive'> {
  const ini = parseIni(readText(source, path));
  requireWellFormed(ini, path);
  const options = sectionOptions(ini);
  if (options === null) throw new SettingsError('usage', '.ini file does not include supervisorctl section');
  const environment: Scope = { names: {}, env: [source.env] };
  const here: Scope = { ...environment, names: { here: directoryOf(absolutePath(path, source.cwd)) } };
  const read = (key: string, scope: Scope): string | null => {
    const value = options.get(key);
    return value === undefined ? null : expand(value, scope, `${SECTION}.${key}`);
  };
  const url = read('serverurl', here) ?? DEFAULT_SERVER_URL;
  const prompt = read('prompt', environment) ?? DEFAULT_PROMPT;
  const username = read('username', environment);
  const password = read('password', environment);
  const history = read('history_file', here);
  return {
    serverurl: url.startsWith('unix://') ? `unix://${normalizePath(url.slice('unix://'.length), source)}` : url,
    prompt,
    username,
    password,
    historyFile: history ? normalizePath(history, source) : null,
  };
}

const DEFAULTS = {
  serverurl: DEFAULT_SERVER_URL,
  username: null,
  password: null,
  prompt: DEFAULT_PROMPT,
  historyFile: null,
} as const;

/**
 * Flags over the file over the defaults. Only [supervisorctl] is looked at and no file is included; a file that is
 * found must have the section. Source: supervisor/options.py ClientOptions.
 * @throws SettingsError
 */
export function readSettings(source: ConfigSource, flags: CtlFlags, argv0: string): Settings {
  const found = flags.configuration === null ? findConfigFile(source, argv0) : null;
  const path = flags.configuration ?? (found?.found ? found.path : null);
  try {
    const file = path === null ? DEFAULTS : readFileSettings(source, path);
    return {
      interactive: flags.interactive,
      serverurl: flags.serverurl ?? file.serverurl,
      username: flags.username ?? file.username,
      password: flags.password ?? file.password,
      prompt: file.prompt,
      historyFile: flags.historyFile === null ? file.historyFile : normalizePath(flags.historyFile, source),
    };
  } catch (error) {
    if (error instanceof ValueError) throw new SettingsError('usage', error.message);
    throw error;
  }
}
