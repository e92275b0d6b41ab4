import type { Option, Schema } from './option.ts';
import { SECTION_KINDS, type SectionKind } from './schema/sections.ts';

const LINE_WIDTH = 100;

function wrap(text: string, prefix: string): readonly string[] {
  const lines: string[] = [];
  let line = prefix;
  for (const word of text.split(' ')) {
    if (line.length + word.length >= LINE_WIDTH && line !== prefix) {
      lines.push(line);
      line = prefix;
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

/** Sections that a sample needs to be of use as it stands, and the options that it sets in them. */
const ACTIVE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  unix_http_server: { file: '/tmp/supervisor.sock' },
  supervisord: { nodaemon: 'true', logfile: '/dev/null', logfile_maxbytes: '0', pidfile: '/tmp/supervisord.pid' },
  'rpcinterface:': { 'supervisor.rpcinterface_factory': 'supervisor.rpcinterface:make_main_rpcinterface' },
  supervisorctl: { serverurl: 'unix:///tmp/supervisor.sock' },
};

const NAMES: Readonly<Record<string, string>> = { 'rpcinterface:': 'rpcinterface:supervisor' };

const sampleName = (kind: SectionKind) => NAMES[kind.name] ?? (kind.name.endsWith(':') ? `${kind.name}x` : kind.name);

function sampleOption(key: string, option: Option<unknown>, active: string | undefined): readonly string[] {
  const value = active ?? (option.default || option.example || '');
  const comment = active === undefined ? ';' : '';
  return [...wrap(`${option.help}${option.required ? ' Required.' : ''}`, ';'), `${comment}${key}=${value}`];
}

/** What a kind has beyond [program:x], for kinds that share all of its options. */
function ownOptions(kind: SectionKind): Schema {
  const program = SECTION_KINDS.find(({ name }) => name === 'program:')?.schema ?? {};
  const shares = kind.name !== 'program:' && Object.keys(program).every((key) => Object.hasOwn(kind.schema, key));
  if (!shares) return kind.schema;
  return Object.fromEntries(
    Object.entries(kind.schema).filter(([key, option]) => program[key] !== option || option.required),
  );
}

function sampleSection(kind: SectionKind): string {
  const active = ACTIVE[kind.name];
  const options = entriesOf(ownOptions(kind));
  const rows = options.flatMap(([key, option]) => sampleOption(key, option, active?.[key]));
  return [...wrap(kind.help, ';'), `${active === undefined ? ';' : ''}[${sampleName(kind)}]`, ...rows, ''].join('\n');
}

const SAMPLE_HEAD = `; Every section and option, with its default or an example. What is commented out is optional.
;
; - A comment at the end of a line needs a blank before it: "a=b ;comment", not "a=b;comment". The same goes for "#",
;   also inside quotes: a command is cut off at " ;" and " #".
; - %(ENV_NAME)s is an environment variable, %(ENV_NAME:-text)s the same with a default. %% is a percent sign.
; - Values are not quoted, except in environment=.
`;

/** A documented configuration file that works as it stands. */
export function renderSample(): string {
  return [SAMPLE_HEAD, ...SECTION_KINDS.filter(({ name }) => name !== 'ctlplugin:').map(sampleSection)].join('\n');
}

const SCOPES: Readonly<Record<Option<unknown>['expand'], string>> = {
  none: 'as `process`, once for each process',
  env: '',
  here: '`here`',
  host: '`here`, `host_node_name`',
  program: '`here`, `program_name`',
  section: '`here`, `program_name`, `host_node_name`, `group_name`',
  process: '`here`, `program_name`, `host_node_name`, `group_name`, `process_num`, `numprocs`',
};

const CHANGES: Readonly<Record<Option<unknown>['onChange'], string>> = {
  restart: 'restarts the process',
  apply: 'is taken over',
  group: 'restarts the group',
  daemon: 'needs a new start of the daemon',
};

/** What must be given comes first; otherwise the order is the schema's. */
function entriesOf(schema: Schema): readonly (readonly [string, Option<unknown>])[] {
  return Object.entries(schema).sort(([, a], [, b]) => Number(b.required) - Number(a.required));
}

const cell = (text: string) => text.replaceAll('|', '\\|').replace(/\n/g, ' ');

function referenceRow(key: string, option: Option<unknown>): readonly string[] {
  const fallback = option.default === null || option.default === '' ? '' : `\`${option.default}\``;
  const { unit, type } = option;
  const kind = unit === null || type.name.includes(unit.slice(0, -1)) ? type.name : `${type.name}, ${unit}`;
  const since = option.since === 'initvisor' ? 'an addition' : '';
  const mark = option.required ? 'required' : since;
  return [`\`${key}\``, kind, fallback, CHANGES[option.onChange], mark, option.help].map(cell);
}

/** Columns are padded as the formatter of this repository pads them, so that it leaves the file alone. */
function renderTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  return [head, rule, ...body]
    .map((row) => `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`)
    .join('\n');
}

function scopeNote(schema: Schema): string {
  const scopes = [...new Set(Object.values(schema).map((option) => option.expand))].filter(
    (scope) => SCOPES[scope] !== '',
  );
  const lines = scopes.map((scope) => {
    const keys = Object.keys(schema).filter((key) => schema[key]?.expand === scope);
    const who =
      scopes.length === 1 && keys.length === Object.keys(schema).length
        ? 'All options'
        : keys.map((key) => `\`${key}\``).join(' ');
    return `- ${SCOPES[scope]}: ${who}`;
  });
  return lines.length === 0 ? '' : `\nNames besides \`ENV_…\` and \`cpus\`:\n\n${lines.join('\n')}\n`;
}

function referenceSection(kind: SectionKind): string {
  const schema = ownOptions(kind);
  const shared = schema === kind.schema ? '' : ' It has every option of `[program:x]`, and these.';
  const rows = entriesOf(schema).map(([key, option]) => referenceRow(key, option));
  const head = ['option', 'type', 'default', 'a new value', '', 'meaning'];
  return `## [${sampleName(kind)}]\n\n${kind.help}${shared}\n\n${renderTable([head, ...rows])}\n${scopeNote(schema)}`;
}

/** The option reference, as OPTIONS.md has it. */
export function renderOptionsReference(): string {
  const intro =
    '# Options\n\nMade from `src/config/schema`; edit that. A new value of an option takes effect at a reload as its row says.';
  return `${[intro, ...SECTION_KINDS.map(referenceSection)]
    .join('\n\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}
