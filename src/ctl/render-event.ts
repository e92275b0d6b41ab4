import { joinNamespec } from '../model/namespec.ts';
import { parseIsoTime } from '../os/clock.ts';
import { createLogTimeRenderer } from '../os/local-time.ts';

/** Characters of output or of a client's data that a line shows. */
const MAX_DATA = 200;

type Members = ReadonlyMap<string, unknown>;

function membersOf(json: string): Members {
  const value: unknown = JSON.parse(json);
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

function processOf(members: Members): readonly string[] {
  const [group, process] = [members.get('group'), members.get('process')];
  if (typeof group !== 'string') return [];
  return [typeof process === 'string' ? joinNamespec(group, process) : group];
}

/** Quoted as JSON: neither an end of line nor an escape sequence gets to the terminal. */
const quoted = (value: unknown): string => JSON.stringify(String(value).slice(0, MAX_DATA));

/** The rest of the line, in this order. */
const WORDS: readonly (readonly [member: string, render: (value: unknown) => string])[] = [
  ['from_state', (value) => `from ${value}`],
  ['tries', (value) => `tries ${value}`],
  ['pid', (value) => `pid ${value}`],
  ['expected', (value) => (value === true ? 'expected' : 'not expected')],
  ['type', (value) => `type ${quoted(value)}`],
  ['when', (value) => `when ${value}`],
  ['data', (value) => `data ${quoted(value)}`],
];

/** Makes a renderer of events as lines for people: local time, event, process, and what its kind has. */
export function createEventRenderer(): (json: string) => string {
  const renderTime = createLogTimeRenderer();
  return (json) => {
    const members = membersOf(json);
    const time = renderTime(parseIsoTime(String(members.get('time'))));
    const words = WORDS.filter(([name]) => members.has(name)).map(([name, render]) => render(members.get(name)));
    const facts = words.length === 0 ? [] : [words.join(', ')];
    return [time, members.get('event'), ...processOf(members), ...facts].join(' ');
  };
}
