import { alias, flag, type Given, type ListenerFlag, parseWhole, readOptionFile } from './command-line.ts';
import type { Host } from './host.ts';

/** How a mail leaves. */
export type MailRoute =
  | { readonly kind: 'command'; readonly command: string }
  | {
      readonly kind: 'smtp';
      readonly host: string;
      /** Null for the usual one. */
      readonly port: number | null;
      readonly encryption: 'none' | 'starttls' | 'tls';
      readonly login: { readonly user: string; readonly password: string } | null;
      readonly verify: boolean;
      /** For each step of the exchange. */
      readonly timeoutMs: number;
    };

const DEFAULT_SMTP_TIMEOUT_S = 60;

const SMTP_HOST = '--smtpHost HOST[:PORT]';
const TLS = flag('--tls', 'turn the connection to the SMTP server into an encrypted one (STARTTLS), or send nothing', {
  upstream: true,
});
const SMTPS = flag('--smtps', 'speak TLS to the SMTP server from the start, by default on port 465');
const INSECURE = flag('--smtpInsecure', "take any certificate of the SMTP server's");
const TIMEOUT = flag(
  '--smtpTimeout SECONDS',
  `how long the SMTP server may take for each answer (${DEFAULT_SMTP_TIMEOUT_S})`,
);
const PASSWORD_FILE = flag(
  '--passwordFile FILE',
  'take the password from a file instead, where nobody sees it in a list of processes',
);
const USER = 'name to log in with at the SMTP server; without a password there is no login';

/** For programs that pipe mail to a command unless an SMTP server is named. */
export function commandMailFlags(): readonly ListenerFlag[] {
  const sendmail = flag(
    '-s, --sendmail_program CMD',
    'command line that takes the mail on its standard input (/usr/sbin/sendmail -t -i)',
  );
  return [
    sendmail,
    alias('sendmail-program', sendmail),
    flag('-m, --email ADDR', 'whom to tell, several separated by commas; no mail without it'),
    flag('--fromEmail ADDR', 'sender of the mail (the program at this host)'),
    flag(SMTP_HOST, 'send by this SMTP server instead of a command'),
    flag('--userName NAME', USER),
    flag('--password PASSWORD', 'password for it'),
    PASSWORD_FILE,
    { ...TLS, own: true },
    SMTPS,
    INSECURE,
    TIMEOUT,
  ];
}

/** For programs that speak SMTP unless a command is named. */
export function smtpMailFlags(): readonly ListenerFlag[] {
  const to = flag('-t, --toEmail ADDR', 'whom to tell, several separated by commas; required');
  return [
    to,
    alias('email', to),
    flag('-f, --fromEmail ADDR', 'sender of the mail; required'),
    flag(`-H, ${SMTP_HOST}`, 'SMTP server (localhost)'),
    flag('-u, --userName NAME', USER),
    flag('-p, --password PASSWORD', 'password for it'),
    PASSWORD_FILE,
    TLS,
    SMTPS,
    INSECURE,
    TIMEOUT,
    flag('--sendmail_program CMD', 'command line that takes the mail on its standard input, instead of SMTP'),
  ];
}

function splitHostPort(text: string): { readonly host: string; readonly port: number | null } {
  const [, host = text, port] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(text) ?? [];
  return { host: host.replace(/^\[|\]$/g, ''), port: port === undefined ? null : Number(port) };
}

function readPassword(given: Given, files: Pick<Host, 'readFile'>): string {
  const path = given.last('passwordFile');
  return path === undefined ? (given.last('password') ?? '') : readOptionFile(files, path).replace(/\r?\n$/, '');
}

function smtpRoute(given: Given, hostPort: string, files: Pick<Host, 'readFile'>): MailRoute {
  const user = given.last('userName') ?? '';
  const password = readPassword(given, files);
  const startTls = given.has('tls') ? 'starttls' : 'none';
  return {
    kind: 'smtp',
    ...splitHostPort(hostPort),
    encryption: given.has('smtps') ? 'tls' : startTls,
    login: user !== '' && password !== '' ? { user, password } : null,
    verify: !given.has('smtpInsecure'),
    timeoutMs: parseWhole(given, 'smtpTimeout', DEFAULT_SMTP_TIMEOUT_S, 1) * 1000,
  };
}

/** The route that the options ask for: `fallback` is the command or server without any. @throws UsageError */
export function readMailRoute(
  given: Given,
  fallback: { readonly command: string } | { readonly smtpHost: string },
  files: Pick<Host, 'readFile'>,
): MailRoute {
  const command = given.last('sendmail_program');
  const smtpHost = given.last('smtpHost');
  if (smtpHost !== undefined) return smtpRoute(given, smtpHost, files);
  if (command !== undefined) return { kind: 'command', command };
  return 'command' in fallback
    ? { kind: 'command', command: fallback.command }
    : smtpRoute(given, fallback.smtpHost, files);
}

/** Addresses of a list separated by commas. */
export function splitAddresses(text: string): string[] {
  return text
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
}
