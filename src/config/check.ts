import type { ConfigDocument, RawSection } from './document.ts';
import type { ProblemLog } from './problem.ts';
import { SECTION_KINDS, type SectionKind, sectionKindOf } from './schema/sections.ts';
import { didYouMean, suggestName } from './suggest.ts';

/** The text names section and option by itself. */
type Report = (file: string, line: number, section: string, text: string) => void;

/** The section in which an option means something, for one that stands in the wrong place. */
function homeOf(key: string): string | undefined {
  const kind = SECTION_KINDS.find(({ schema }) => Object.hasOwn(schema, key));
  if (kind === undefined) return undefined;
  return kind.name.endsWith(':') ? `${kind.name}x` : kind.name;
}

function checkOptions(document: ConfigDocument, section: RawSection, kind: SectionKind, report: Report): void {
  if (kind.open) return;
  for (const [key, { file, line }] of section.options) {
    if (Object.hasOwn(kind.schema, key)) continue;
    // A value of [DEFAULT] with a %(here)s in it was copied here; its place gives it away.
    const inherited = document.defaults.get(key);
    if (inherited?.file === file && inherited.line === line) continue;
    const hint = didYouMean(key, Object.keys(kind.schema));
    const home = hint === '' ? homeOf(key) : undefined;
    const text = `unknown option '${key}' in [${section.name}]${hint}${home === undefined ? '' : `; it belongs in [${home}]`}`;
    report(file, line, section.name, text);
  }
}

/** `progam:web` to `program:web`, where the part before the colon is a known one. */
function nearestSection(name: string): string {
  const [head = '', ...rest] = name.trim().split(':');
  const bare = head.trim().toLowerCase();
  const known = SECTION_KINDS.map((kind) => kind.name.replace(':', ''));
  const near = known.includes(bare) ? bare : suggestName(bare, known);
  if (near === null) return '';
  return `; did you mean '[${[near, ...rest].join(':')}]'?`;
}

/** Reports sections and options that nobody reads: warnings, or errors when `strict`. */
export function checkNames(document: ConfigDocument, problems: ProblemLog, strict: boolean): void {
  const report: Report = (file, line, section, text) => {
    const place = { file, line, section, key: null };
    if (strict) problems.error(place, text);
    else problems.warning(place, text);
  };
  for (const section of document.sections.values()) {
    const kind = sectionKindOf(section.name);
    if (kind !== undefined) checkOptions(document, section, kind, report);
    else
      report(
        section.file,
        section.line,
        section.name,
        `unknown section [${section.name}]${nearestSection(section.name)}`,
      );
  }
}
