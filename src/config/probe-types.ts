import { isPolled, type PolledProbe, type ProbeSpec } from '../model/probe-spec.ts';
import { pythonQuote as quote } from '../model/python-quote.ts';
import type { TextType } from './option.ts';
import { parseDecimal, strip, ValueError } from './python-text.ts';
import { parsePort } from './value-types.ts';

/** Descriptors below are stdin, stdout and stderr. */
const LOWEST_FD = 3;
const HIGHEST_FD = 255;

function parseHttp(text: string): ProbeSpec {
  if (!URL.canParse(text)) throw new ValueError(`not a URL such as http://127.0.0.1:8080/: ${quote(text)}`);
  return { kind: 'http', url: text };
}

function parseTcp(text: string): ProbeSpec {
  const match = /^tcp:\/\/(?:\[([^\]]+)\]|([^:/]+)):(\d+)\/?$/i.exec(text);
  if (match === null) throw new ValueError(`not tcp://host:port, such as tcp://127.0.0.1:5432: ${quote(text)}`);
  return { kind: 'tcp', host: match[1] ?? match[2] ?? '', port: parsePort(match[3] ?? '') };
}

function parseExec(text: string): ProbeSpec {
  const command = strip(text.slice('exec:'.length));
  if (command === '') throw new ValueError('exec: needs a command');
  return { kind: 'exec', command };
}

function parseFd(text: string): ProbeSpec {
  const fd = parseDecimal(text.slice('fd:'.length));
  if (fd === null || fd < LOWEST_FD || fd > HIGHEST_FD) {
    throw new ValueError(`fd: needs a descriptor from ${LOWEST_FD} to ${HIGHEST_FD}, not ${quote(text.slice(3))}`);
  }
  return { kind: 'fd', fd };
}

function parseLog(text: string): ProbeSpec {
  const pattern = text.slice('log:'.length).trimStart();
  if (pattern === '') throw new ValueError('log: needs a regular expression');
  try {
    new RegExp(pattern);
  } catch (error) {
    throw new ValueError(error instanceof Error ? error.message : String(error));
  }
  return { kind: 'log', pattern };
}

const PARSERS: readonly (readonly [RegExp, (text: string) => ProbeSpec])[] = [
  [/^https?:\/\//i, parseHttp],
  [/^tcp:/i, parseTcp],
  [/^exec:/i, parseExec],
  [/^notify$/i, () => ({ kind: 'notify' })],
  [/^fd:/i, parseFd],
  [/^log:/i, parseLog],
];

const READY_FORMS = '`http://…`, `tcp://host:port`, `exec:COMMAND`, `notify`, `fd:N` or `log:REGEX`';
const HEALTH_FORMS = '`http://…`, `tcp://host:port` or `exec:COMMAND`';

const plain = (forms: string) => forms.replaceAll('`', '');

function parseProbe(value: string): ProbeSpec {
  const text = strip(value);
  const parser = PARSERS.find(([form]) => form.test(text))?.[1];
  if (parser === undefined) throw new ValueError(`not ${plain(READY_FORMS)}: ${quote(text)}`);
  return parser(text);
}

export const readyProbe: TextType<ProbeSpec> = { name: READY_FORMS, parse: parseProbe };

export const healthProbe: TextType<PolledProbe> = {
  name: HEALTH_FORMS,
  parse: (value) => {
    const probe = parseProbe(value);
    if (!isPolled(probe)) {
      throw new ValueError(
        `only a ready_check can be ${probe.kind}, not ${plain(HEALTH_FORMS)}: ${quote(strip(value))}`,
      );
    }
    return probe;
  },
};
