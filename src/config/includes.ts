import { expand, withNames } from './expand.ts';
import { parseIni } from './ini.ts';
import { attempt, type Load, type Reading } from './load.ts';
import { absolutePath, directoryOf, joinPath } from './paths.ts';
import type { Place } from './problem.ts';
import { strip, ValueError } from './python-text.ts';
import { renderBadLines, renderHeadless } from './scan.ts';
import { MAX_CONFIG_BYTES } from './source.ts';
import { decodeUtf8 } from './utf8.ts';

function mergeText(load: Load, file: string, bytes: Uint8Array): void {
  const place = (line: number): Place => ({ file, line, section: '', key: null });
  if (bytes.length > MAX_CONFIG_BYTES) {
    load.document.files.push(file);
    load.problems.error(place(0), `could not read config file ${file}: it is larger than ${MAX_CONFIG_BYTES} bytes`);
    return;
  }
  const ini = parseIni(decodeUtf8(bytes));
  load.document.merge(ini, file);
  if (ini.headless !== null) {
    load.problems.error(
      place(ini.headless.line),
      'File contains no section headers.',
      renderHeadless(file, ini.headless),
    );
  }
  // Quoting loads Unicode tables, which a good file has no need of.
  const fatal = ini.bad.length > 0 ? renderBadLines(file, ini.bad) : '';
  for (const bad of ini.bad)
    load.problems.error(place(bad.line), renderBadLines(file, [bad]).replace('\n\t', ' '), fatal);
}

/** Reads a file into the document; what is wrong with its text becomes problems. Throws Node's error if it is unreadable. */
export function readInto(load: Load, file: string): void {
  const bytes = load.source.readFile(file);
  try {
    mergeText(load, file, bytes);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    load.document.files.push(file);
    load.problems.error({ file, line: 0, section: '', key: null }, error.message);
  }
}

function includeFile(load: Load, file: string): void {
  load.messages.push({ level: 'info', text: `Included extra file "${file}" during parsing` });
  try {
    readInto(load, file);
  } catch (error) {
    // Upstream skips what it cannot open, so a directory that matches a pattern does no harm.
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return;
  }
  load.document.expandHere(absolutePath(directoryOf(file), load.source.cwd));
}

function includePattern(load: Load, pattern: string): void {
  const files = load.source.glob(pattern);
  if (files.length === 0) load.messages.push({ level: 'warn', text: `No file matches via include "${pattern}"` });
  for (const file of files) includeFile(load, file);
}

/** Reads the files that [include] names into the same document. Source: supervisor/options.py read_config. */
export function readIncludes(load: Load): void {
  const section = load.document.sections.get('include');
  if (section === undefined) return;
  load.document.expandHere(load.here);
  const scope = withNames(load.hereScope, { host_node_name: load.source.hostName });
  const reading: Reading = { load, section, scope, suffix: false };
  const expanded = () => {
    const files = load.document.lookup(section, 'files');
    if (files === undefined) throw new ValueError('.ini file has [include] section, but no files setting');
    return expand(files.value, scope, 'include.files');
  };
  const patterns = strip(attempt(reading, 'files', expanded, () => '')).split(/\s+/);
  for (const pattern of patterns) if (pattern !== '') includePattern(load, joinPath(load.here, pattern));
}
