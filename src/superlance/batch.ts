import type { ListenerEvent, TickEvent } from '../listener/events.ts';
import { createLogTimeRenderer } from '../os/local-time.ts';
import type { Command } from './command.ts';
import { type CommandShape, flag, type Given, UsageError } from './command-line.ts';
import { describeError } from './describe-error.ts';
import type { Host } from './host.ts';
import { readMailRoute, smtpMailFlags, splitAddresses } from './mail-options.ts';
import { createMailer, type Mail, type SendMail } from './send-mail.ts';

/** What tells the programs that gather messages apart. */
export interface BatchKind {
  readonly name: string;
  readonly about: string;
  readonly defaultSubject: string | null;
  /** The line about an event; null for events that do not matter. */
  describe(event: ListenerEvent, time: string): string | null;
}

const DEFAULT_TICK = 'TICK_60';
const SECONDS_PER_MINUTE = 60;
/** So many lines wait for a mail server that is away; the oldest give way. */
const MAX_LINES = 1000;
const SHOWN_CHARACTERS = 76;

interface BatchOptions {
  readonly intervalMinutes: number;
  readonly tickEvent: string;
  readonly mail: Omit<Mail, 'text'>;
}

function shapeOf({ name, about, defaultSubject }: BatchKind): CommandShape {
  return {
    name,
    synopsis: '[options]',
    about,
    parser: 'optparse',
    flags: [
      flag('-h, --help', 'print this and end'),
      flag('-i, --interval MINUTES', 'gather messages for so long before they are mailed together (1.0)'),
      flag('-e, --tickEvent NAME', `the TICK event to count time by; it must be subscribed to (${DEFAULT_TICK})`),
      flag('-s, --subject TEXT', `subject of the mails (${defaultSubject ?? 'none'})`),
      ...smtpMailFlags(),
    ],
  };
}

function readOptions(kind: BatchKind, given: Given): BatchOptions {
  const [to, from] = [given.last('toEmail'), given.last('fromEmail')];
  const interval = given.last('interval') ?? '1.0';
  const intervalMinutes = Number(interval.trim() || Number.NaN);
  if (Number.isNaN(intervalMinutes)) throw new UsageError(`option --interval: invalid number: '${interval}'`);
  if (to === undefined || to === '') throw new UsageError('option --toEmail is required', 'missing');
  if (from === undefined || from === '') throw new UsageError('option --fromEmail is required', 'missing');
  const tickEvent = given.last('tickEvent') ?? DEFAULT_TICK;
  if (!/^TICK_(5|60|3600)$/.test(tickEvent)) throw new UsageError(`Invalid TICK event name: ${tickEvent}`, 'missing');
  const subject = given.last('subject') ?? kind.defaultSubject;
  return { intervalMinutes, tickEvent, mail: { from, to: splitAddresses(to), subject } };
}

function renderReport({ to, from, subject, text }: Mail): string {
  const body = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
  const head = `To: ${to.join(', ')}\nFrom: ${from}\nSubject: ${subject ?? 'None'}`;
  return `Sending notification email:\n${head}\nBody:\n${body}\n`;
}

/** Gathers lines, and mails them together when the interval is over by the ticks; kept until a mail is taken. */
export class Batch {
  readonly #host: Pick<Host, 'log'>;
  readonly #options: BatchOptions;
  readonly #send: SendMail;
  #lines: string[] = [];
  #elapsedSeconds = 0;

  constructor(host: Pick<Host, 'log'>, options: BatchOptions, send: SendMail) {
    this.#host = host;
    this.#options = options;
    this.#send = send;
  }

  add(line: string): void {
    this.#host.log(`${line}\n`);
    this.#lines = [...this.#lines, line].slice(-MAX_LINES);
  }

  async tick(event: TickEvent): Promise<void> {
    const { tickEvent, intervalMinutes } = this.#options;
    if (event.name !== tickEvent) return;
    this.#elapsedSeconds += Number(event.name.slice('TICK_'.length));
    if (this.#elapsedSeconds < intervalMinutes * SECONDS_PER_MINUTE) return;
    this.#elapsedSeconds = 0;
    if (this.#lines.length > 0) await this.#mail();
  }

  async #mail(): Promise<void> {
    const mail = { ...this.#options.mail, text: this.#lines.join('\n') };
    try {
      await this.#send(mail);
      this.#lines = [];
    } catch (error) {
      this.#host.log(`Error sending email: ${describeError(error)}\n`);
    }
    this.#host.log(renderReport(mail));
  }
}

/** A program that gathers messages of its kind. */
export function batchCommand(kind: BatchKind): Command {
  return {
    shape: shapeOf(kind),
    needsServer: false,
    needsWords: false,
    create(host, given) {
      const options = readOptions(kind, given);
      const route = readMailRoute(given, { smtpHost: 'localhost' }, host);
      const batch = new Batch(host, options, createMailer(host, route));
      const renderTime = createLogTimeRenderer();
      return async (event) => {
        if (event.name === 'TICK_5' || event.name === 'TICK_60' || event.name === 'TICK_3600') return batch.tick(event);
        const line = kind.describe(event, renderTime(host.clock.wallMs()));
        if (line !== null) batch.add(line);
      };
    },
  };
}
