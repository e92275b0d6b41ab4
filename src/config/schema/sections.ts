import type { Schema } from '../option.ts';
import { eventlistenerSchema } from './eventlistener.ts';
import { fcgiProgramSchema } from './fcgi-program.ts';
import { groupSchema } from './group.ts';
import { hookSchema } from './hook.ts';
import { includeSchema } from './include.ts';
import { inetHttpServerSchema } from './inet-http-server.ts';
import { programSchema } from './program.ts';
import { ctlpluginSchema, rpcinterfaceSchema } from './rpcinterface.ts';
import { supervisorctlSchema } from './supervisorctl.ts';
import { supervisordSchema } from './supervisord.ts';
import { unixHttpServerSchema } from './unix-http-server.ts';

export interface SectionKind {
  /** The section's name, or what it starts with. */
  readonly name: string;
  readonly match: 'exact' | 'prefix';
  readonly schema: Schema;
  /** Any other key is allowed too. */
  readonly open: boolean;
  readonly help: string;
}

const closed = (name: string, match: 'exact' | 'prefix', schema: Schema, help: string): SectionKind => ({
  name,
  match,
  schema,
  open: false,
  help,
});

/** Every kind of section, in the order of the sample. */
export const SECTION_KINDS: readonly SectionKind[] = [
  closed('unix_http_server', 'prefix', unixHttpServerSchema, 'Control over a unix socket.'),
  closed('inet_http_server', 'prefix', inetHttpServerSchema, 'Control over TCP, and the web page.'),
  closed('supervisord', 'exact', supervisordSchema, 'The daemon; the one section that must exist.'),
  {
    name: 'rpcinterface:',
    match: 'prefix',
    schema: rpcinterfaceSchema,
    open: true,
    help: 'Without [rpcinterface:supervisor] no client can control anything.',
  },
  closed('supervisorctl', 'exact', supervisorctlSchema, 'The client.'),
  { name: 'ctlplugin:', match: 'prefix', schema: ctlpluginSchema, open: true, help: 'A plugin of the client.' },
  closed('program:', 'prefix', programSchema, 'A program to run.'),
  closed('fcgi-program:', 'prefix', fcgiProgramSchema, 'A program that accepts FastCGI on a shared socket.'),
  closed('eventlistener:', 'prefix', eventlistenerSchema, 'A program that is told about events.'),
  closed('hook:', 'prefix', hookSchema, 'Where events are sent without an event listener.'),
  closed('group:', 'prefix', groupSchema, 'Programs that are controlled together.'),
  closed('include', 'exact', includeSchema, 'Other files to read.'),
];

/** The kind of a section by its name, undefined for one that nobody reads. */
export function sectionKindOf(name: string): SectionKind | undefined {
  return SECTION_KINDS.find((kind) => (kind.match === 'exact' ? name === kind.name : name.startsWith(kind.name)));
}
