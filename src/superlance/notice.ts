import type { Given } from './command-line.ts';
import { describeError } from './describe-error.ts';
import type { Host } from './host.ts';
import { readMailRoute, splitAddresses } from './mail-options.ts';
import { createMailer, type SendMail } from './send-mail.ts';

const SENDMAIL = '/usr/sbin/sendmail -t -i';

/** Mails what a listener has to say, if there is an address; what comes of it is logged, nothing is thrown. */
export type Notify = (subject: string, text: string) => Promise<void>;

/** Null where no address is given. @throws UsageError */
export function createNotifier(host: Host, name: string, given: Given, mailer?: SendMail): Notify | null {
  const to = splitAddresses(given.last('email') ?? '');
  const from = given.last('fromEmail') ?? `${name}@${host.hostname}`;
  const send = mailer ?? createMailer(host, readMailRoute(given, { command: SENDMAIL }, host));
  if (to.length === 0) return null;
  return async (subject, text) => {
    try {
      await send({ from, to, subject, text });
      host.log(`Mailed:\n\nTo: ${to.join(', ')}\nSubject: ${subject}\n\n${text}\n`);
    } catch (error) {
      host.log(`Failed to mail "${subject}": ${describeError(error)}\n`);
    }
  };
}
