import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import type { SMTPServerOptions } from 'smtp-server';
import type { MailRoute } from '../../src/superlance/mail-options.ts';
import { createMailer } from '../../src/superlance/send-mail.ts';
import { temporaryDirectory } from '../support/daemon.ts';
import { createHost, runShellCommand, serveMail } from './support.ts';

type Smtp = Extract<MailRoute, { kind: 'smtp' }>;

const MAIL = { from: 'a@example.com', to: ['b@example.com'], subject: 'ümlaut', text: 'Grüße\n.\nend' };

function send(port: number, more: Partial<Smtp> = {}): Promise<void> {
  const route: Smtp = {
    kind: 'smtp',
    host: '127.0.0.1',
    port,
    encryption: 'none',
    login: null,
    verify: false,
    timeoutMs: 20_000,
    ...more,
  };
  return createMailer(createHost(), route)(MAIL);
}

const LOGIN = { user: 'me', password: 'secret' };

// how, options, options of the server, the error
const REFUSED: readonly (readonly [string, Partial<Smtp>, SMTPServerOptions, RegExp])[] = [
  ['a certificate that nobody knows', { encryption: 'starttls', verify: true }, {}, /self-signed certificate/],
  [
    'a certificate that nobody knows, from the start',
    { encryption: 'tls', verify: true },
    { secure: true },
    /self-signed/,
  ],
  ['a server that does not encrypt', { encryption: 'starttls' }, { disabledCommands: ['STARTTLS'] }, /STARTTLS/],
  [
    'a wrong password',
    { login: { user: 'me', password: 'wrong' } },
    { allowInsecureAuth: true },
    /535|[Ii]nvalid login/,
  ],
];

describe('mail by SMTP', () => {
  // how, options, options of the server, encrypted, user
  for (const [how, more, server, secure, user] of [
    ['goes in the clear, even where encryption is offered', { verify: true }, {}, false, null],
    ['is encrypted by STARTTLS without a login', { encryption: 'starttls' }, {}, true, null],
    ['is encrypted by STARTTLS before the login', { encryption: 'starttls', login: LOGIN }, {}, true, 'me'],
    ['is encrypted from the start', { encryption: 'tls', login: LOGIN }, { secure: true }, true, 'me'],
    [
      'logs in in the clear where told to',
      { login: LOGIN },
      { hideSTARTTLS: true, allowInsecureAuth: true },
      false,
      'me',
    ],
  ] as const) {
    it(how, async (t) => {
      const { mails, port } = await serveMail(t, server);
      await send(port, more);
      assert.deepEqual(
        mails.map((mail) => [mail.secure, mail.user, mail.to]),
        [[secure, user, MAIL.to]],
      );
    });
  }

  for (const [how, more, server, pattern] of REFUSED) {
    it(`is not sent to ${how}`, async (t) => {
      const { mails, port } = await serveMail(t, server);
      await assert.rejects(send(port, more), pattern);
      assert.deepEqual(mails, []);
    });
  }

  it('fails where a server says nothing for too long', async (t) => {
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    t.after(() => silent.close());
    const address = silent.address();
    assert.ok(address !== null && typeof address === 'object');
    await assert.rejects(send(address.port, { timeoutMs: 100 }), /Greeting never received|timeout/i);
  });
});

describe('mail by a command', () => {
  it('is the whole message on its standard input', async (t) => {
    const dir = temporaryDirectory(t);
    const mailer = createMailer({ run: runShellCommand }, { kind: 'command', command: `cat > "${dir}/mail"` });
    await mailer(MAIL);
    const text = createHost().readFile(`${dir}/mail`);
    assert.match(text, /^From: a@example\.com\nTo: b@example\.com\nSubject: =\?UTF-8\?Q\?=C3=BCmlaut\?=\n/);
    assert.match(text, /\n\nGr=C3=BC=C3=9Fe\n\.\nend\n*$/);
  });

  for (const [command, pattern] of [
    ['echo full >&2; exit 75', /^Error: cannot mail with "echo full >&2; exit 75": it ended with status 75 full$/],
    ['kill -9 $$', /it was ended by SIGKILL$/],
    ['/nowhere/sendmail', /it ended with status 127 .*not found/],
  ] as const) {
    it(`fails with ${command}`, async () => {
      await assert.rejects(createMailer({ run: runShellCommand }, { kind: 'command', command })(MAIL), pattern);
    });
  }

  it('does not need a command that reads it', async () => {
    await createMailer(
      { run: runShellCommand },
      { kind: 'command', command: 'true' },
    )({ ...MAIL, text: 'x'.repeat(1e6) });
  });
});
