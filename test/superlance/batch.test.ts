import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crashmailbatch, crashsms, fatalmailbatch } from '../../src/superlance/batch-commands.ts';
import type { Command } from '../../src/superlance/command.ts';
import { UsageError } from '../../src/superlance/command-line.ts';
import { create, createHost, event, exited, serveMail, TICK } from './support.ts';

const TIME = '2026-11-21 01:20:30,123';
const ADDRESSES = ['-t', 'ops@example.com, dev@example.com', '-f', 'sup@example.com'];
const FATAL = event('PROCESS_STATE_FATAL', 'processname:cat groupname:pets from_state:BACKOFF');
const TICK_5 = event('TICK_5', 'when:5');

// program, event that counts, one that does not, line, subject
const KINDS = [
  [
    crashmailbatch,
    exited('pets:cat'),
    FATAL,
    `${TIME} -- Process pets:cat (pid 71) died unexpectedly`,
    'Crash alert from supervisord',
  ],
  [
    fatalmailbatch,
    FATAL,
    exited('pets:cat'),
    `${TIME} -- Process pets:cat failed to start too many times`,
    'Fatal start alert from supervisord',
  ],
  [crashsms, exited('pets:cat'), FATAL, `[pets:cat](71) exited unexpectedly ${TIME}`, null],
] as const;

/** A batch program whose mails are kept here instead of sent; `fail` is why the next ones are not taken. */
function start(command: Command, words: readonly string[] = []) {
  const mails: string[] = [];
  let failure: string | null = null;
  const host = createHost({
    async run(_command, input = '') {
      if (failure === null) mails.push(input);
      return { output: '', failure };
    },
  });
  const handle = create(command, [...ADDRESSES, '--sendmail_program', 'mailer', ...words], host);
  return { handle, mails, host, fail: (why: string | null) => (failure = why) };
}

function bodyOf(mail: string | undefined): string | undefined {
  return mail?.slice(mail.indexOf('\n\n') + 2).trimEnd();
}

describe('the batch programs', () => {
  for (const [command, counts, other, line, subject] of KINDS) {
    it(`${command.shape.name} mails what it is for, to all addresses`, async (t) => {
      const { mails, host: smtpHost } = await serveMail(t);
      const host = createHost();
      const handle = create(command, [...ADDRESSES, '-H', smtpHost], host);
      for (const one of [counts, other, exited('cat', 1), counts, TICK]) await handle(one);
      assert.equal(mails.length, 1);
      const [mail] = mails;
      assert.deepEqual([mail?.from, mail?.to], ['sup@example.com', ['ops@example.com', 'dev@example.com']]);
      assert.match(mail?.text ?? '', /^From: sup@example\.com\nTo: ops@example\.com, dev@example\.com\n/);
      assert.equal(/^Subject: (.*)$/m.exec(mail?.text ?? '')?.[1] ?? null, subject);
      assert.match(mail?.text ?? '', /^Date: /m);
      assert.match(mail?.text ?? '', /^Message-ID: /m);
      assert.equal(bodyOf(mail?.text), `${line}\n${line}`);
      const shown = `${line}\n${line}`.slice(0, 76);
      assert.equal(
        host.logged(),
        `${line}\n${line}\nSending notification email:\nTo: ops@example.com, dev@example.com\n` +
          `From: sup@example.com\nSubject: ${subject ?? 'None'}\nBody:\n${shown}...\n`,
      );
    });
  }

  // words, ticks before one that mails, and that one
  for (const [words, ticks] of [
    [[], [TICK_5, TICK]],
    [
      ['-i', '2'],
      [TICK, TICK],
    ],
    [['-i', '0.5'], [TICK]],
    [['-i', '0'], [TICK]],
    [
      ['-i', '1', '-e', 'TICK_5'],
      [TICK, ...new Array(12).fill(TICK_5)],
    ],
    [
      ['-i', '90', '-e', 'TICK_3600'],
      [event('TICK_3600', 'when:0'), event('TICK_3600', 'when:0')],
    ],
  ] as const) {
    it(`wait for the interval by their own ticks: ${words.join(' ') || 'one minute'}`, async () => {
      const { handle, mails } = start(crashmailbatch, words);
      await handle(exited('cat'));
      for (const tick of ticks) {
        assert.equal(mails.length, 0);
        await handle(tick);
      }
      assert.equal(mails.length, 1);
    });
  }

  it('begin a new interval with each one that is over', async () => {
    const { handle, mails } = start(crashmailbatch, ['-i', '2']);
    for (const one of [TICK, TICK, exited('cat'), TICK]) await handle(one);
    assert.equal(mails.length, 0);
    await handle(TICK);
    assert.equal(mails.length, 1);
  });

  it('mail nothing when nothing happened, and each message once', async () => {
    const { handle, mails } = start(crashmailbatch);
    for (const one of [TICK, exited('cat'), TICK, TICK, exited('dog'), TICK]) await handle(one);
    assert.deepEqual(
      mails.map((mail) => /pid|cat|dog/.exec(bodyOf(mail) ?? '')?.[0]),
      ['cat', 'dog'],
    );
  });

  it('keep what could not be mailed, and mail it with the next batch', async () => {
    const { handle, mails, host, fail } = start(crashsms);
    fail('it ended with status 75');
    for (const one of [exited('cat'), TICK]) await handle(one);
    assert.match(
      host.logged(),
      /\nError sending email: cannot mail with "mailer": it ended with status 75\nSending notif/,
    );
    fail(null);
    for (const one of [exited('dog'), TICK, TICK]) await handle(one);
    assert.deepEqual(mails.map(bodyOf), [
      `[cat:cat](71) exited unexpectedly ${TIME}\n[dog:dog](71) exited unexpectedly ${TIME}`,
    ]);
  });

  it('take another subject', async () => {
    const { handle, mails } = start(crashsms, ['-s', 'Über']);
    for (const one of [exited('cat'), TICK]) await handle(one);
    assert.match(mails[0] ?? '', /^Subject: =\?UTF-8\?/m);
  });

  for (const [words, kind, message] of [
    [['-f', 'a@b'], 'missing', 'option --toEmail is required'],
    [['-t', 'a@b'], 'missing', 'option --fromEmail is required'],
    [[...ADDRESSES, '-e', 'PROCESS_LOG'], 'missing', 'Invalid TICK event name: PROCESS_LOG'],
    [[...ADDRESSES, '-e', 'TICK_7'], 'missing', 'Invalid TICK event name: TICK_7'],
    [[...ADDRESSES, '-i', 'soon'], 'value', "option --interval: invalid number: 'soon'"],
  ] as const) {
    it(`refuse ${words.join(' ')}`, () => {
      assert.throws(() => create(crashmailbatch, words, createHost()), new UsageError(message, kind));
    });
  }
});
