import { createTransport, type Transporter } from 'nodemailer';
import type { Host } from './host.ts';
import type { MailRoute } from './mail-options.ts';

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Null for none, as text messages want it. */
  readonly subject: string | null;
  readonly text: string;
}

/** @throws Error when the mail was not taken */
export type SendMail = (mail: Mail) => Promise<void>;

/** What nodemailer makes headers and body of. */
function toMessage({ from, to, subject, text }: Mail) {
  return { from, to: [...to], text, ...(subject === null ? {} : { subject }) };
}

function openSmtp(route: Extract<MailRoute, { kind: 'smtp' }>): Transporter {
  const { host, port, encryption, login, verify, timeoutMs } = route;
  return createTransport({
    host,
    ...(port === null ? {} : { port }),
    secure: encryption === 'tls',
    requireTLS: encryption === 'starttls',
    // Not merely where it is offered: a mail server at localhost offers it with a certificate that nobody can verify.
    ignoreTLS: encryption !== 'starttls',
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
    tls: { rejectUnauthorized: verify },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
}

/** The whole mail as text, for a command's input. */
async function renderMail(mail: Mail): Promise<string> {
  const renderer = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  const { message } = await renderer.sendMail(toMessage(mail));
  return message.toString();
}

async function pipeMail(host: Pick<Host, 'run'>, command: string, mail: Mail): Promise<void> {
  const { output, failure } = await host.run(command, await renderMail(mail));
  if (failure !== null) throw new Error(`cannot mail with "${command}": ${failure} ${output}`.trim());
}

/** Sends mail by the route given. */
export function createMailer(host: Pick<Host, 'run'>, route: MailRoute): SendMail {
  if (route.kind === 'command') return (mail) => pipeMail(host, route.command, mail);
  return async (mail) => {
    const transport = openSmtp(route);
    try {
      await transport.sendMail(toMessage(mail));
    } finally {
      transport.close();
    }
  };
}
