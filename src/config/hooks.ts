import { EVENT_PARENTS, type EventName } from '../model/event-types.ts';
import type { HookConfig, HookTarget } from './config.ts';
import type { RawSection } from './document.ts';
import { attempt, type Load, type Reading, readOptions, reportError } from './load.ts';
import type { Values } from './option.ts';
import { hookSchema } from './schema/hook.ts';
import { parseName } from './value-types.ts';

const isEventName = (name: string): name is EventName => Object.hasOwn(EVENT_PARENTS, name);

function readEvents(reading: Reading, events: readonly string[]): readonly EventName[] {
  const names = [...new Set(events.map((event) => event.toUpperCase()))];
  const known = names.filter(isEventName);
  const { name: section } = reading.section;
  if (names.length === 0) reportError(reading, null, `[${section}] section requires an "events" line`);
  for (const name of names) {
    if (!isEventName(name)) reportError(reading, 'events', `Unknown event type ${name} in [${section}] events`);
  }
  return known;
}

/** Null, and a problem, when there is none or more than one; a value that was refused has its problem already. */
function readTarget(reading: Reading, { url, command, headers }: Values<typeof hookSchema>): HookTarget | null {
  const { load, section } = reading;
  const has = (key: string) => load.document.lookup(section, key) !== undefined;
  const what = `[${section.name}] section requires a "url" or a "command" line`;
  if (has('url') && has('command')) reportError(reading, 'command', `${what}, not both`);
  else if (!has('url') && !has('command')) reportError(reading, null, what);
  if (has('command') && has('headers')) reportError(reading, 'headers', 'a command has no headers');
  if (command === '') reportError(reading, 'command', 'the command is empty');
  if (url !== null) return { kind: 'url', url, headers };
  return command === null ? null : { kind: 'command', command };
}

function readHook(load: Load, section: RawSection): readonly HookConfig[] {
  const reading: Reading = { load, section, scope: load.hereScope, suffix: false };
  const written = section.name.slice(section.name.indexOf(':') + 1);
  const name = attempt(
    reading,
    null,
    () => parseName(written),
    () => written,
  );
  const values = readOptions(reading, hookSchema);
  const { timeout, retries, buffer_size } = values;
  if (retries < 0) reportError(reading, 'retries', `retries ${retries} is below lower bound (0)`);
  if (buffer_size < 1) reportError(reading, 'buffer_size', `buffer_size ${buffer_size} is below lower bound (1)`);
  const events = readEvents(reading, values.events);
  const target = readTarget(reading, values);
  return target === null ? [] : [{ name, events, target, timeout, retries, buffer_size }];
}

/** Every [hook:x], in the order of the file. */
export function readHooks(load: Load): readonly HookConfig[] {
  return load.document.startingWith('hook:').flatMap((section) => readHook(load, section));
}
