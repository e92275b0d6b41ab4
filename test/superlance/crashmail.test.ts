import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crashmail } from '../../src/superlance/crashmail.ts';
import { create, createHost, event, exited, TICK } from './support.ts';

const TIME = '2026-11-21 01:20:30,123';

async function run(words: readonly string[], ...events: readonly ReturnType<typeof event>[]) {
  const host = createHost();
  const handle = create(crashmail, words, host);
  for (const one of events) await handle(one);
  return host;
}

describe('crashmail', () => {
  it('mails the name, the group, the pid and the state of a process that ended unexpectedly', async () => {
    const { commands, logged } = await run(['-m', 'ops@example.com'], exited('pets:cat'));
    assert.equal(commands.length, 1);
    const [{ command, input } = { command: '', input: '' }] = commands;
    assert.equal(command, '/usr/sbin/sendmail -t -i');
    for (const line of [
      'From: crashmail@box',
      'To: ops@example.com',
      `Subject: cat crashed at ${TIME}`,
      'Process cat in group pets exited unexpectedly (pid 71) from state RUNNING',
    ]) {
      assert.ok(input.split('\n').includes(line), `${line} in\n${input}`);
    }
    assert.match(input, /^Date: .+$/m);
    assert.doesNotMatch(input, /\r/);
    assert.equal(
      logged(),
      `unexpected exit, mailing\nMailed:\n\nTo: ops@example.com\nSubject: cat crashed at ${TIME}\n\n` +
        'Process cat in group pets exited unexpectedly (pid 71) from state RUNNING\n',
    );
  });

  it('begins the subject with the header, and takes another command, sender and more than one address', async () => {
    const words = ['-o', 'prod', '-s', 'cat > x', '-m', 'a@b, c@d', '--fromEmail', 'me@here'];
    const { commands } = await run(words, exited('cat'));
    assert.equal(commands[0]?.command, 'cat > x');
    for (const line of [`Subject: prod: cat crashed at ${TIME}`, 'To: a@b, c@d', 'From: me@here']) {
      assert.ok(commands[0]?.input.split('\n').includes(line), line);
    }
  });

  // words, process, is it told
  for (const [words, id, told] of [
    [[], 'pets:cat', true],
    [['-p', 'cat'], 'pets:cat', true],
    [['-p', 'pets:cat'], 'pets:cat', true],
    [['-p', 'cat:cat'], 'cat', true],
    [['-p', 'dog', '-p', 'cat'], 'pets:cat', true],
    [['-p', 'dog'], 'pets:cat', false],
    [['-p', 'pets'], 'pets:cat', false],
    [['-p', 'dog', '-a'], 'pets:cat', true],
  ] as const) {
    it(`${words.join(' ') || 'no option'} ${told ? 'tells' : 'does not tell'} of ${id}`, async () => {
      const { commands } = await run([...words, '-m', 'a@b'], exited(id));
      assert.equal(commands.length, told ? 1 : 0);
    });
  }

  it('says nothing of expected ends and of other events', async () => {
    const fatal = event('PROCESS_STATE_FATAL', 'processname:cat groupname:cat from_state:BACKOFF');
    const { commands, logged } = await run(['-m', 'a@b'], exited('cat', 1), fatal, TICK);
    assert.deepEqual([commands, logged()], [[], '']);
  });

  it('mails nothing without an address, and says so', async () => {
    const { commands, logged } = await run(['-a'], exited('cat'));
    assert.deepEqual([commands, logged()], [[], 'unexpected exit of cat:cat, no address to mail to\n']);
  });

  it('says that a mail could not be sent, and goes on', async () => {
    const run = async () => ({ output: 'no such user\n', failure: 'it ended with status 67' });
    const host = createHost({ run });
    const handle = create(crashmail, ['-m', 'a@b', '-s', 'mailer'], host);
    await handle(exited('cat'));
    await handle(exited('dog'));
    const failed = (name: string) =>
      'unexpected exit, mailing\n' +
      `Failed to mail "${name} crashed at ${TIME}": cannot mail with "mailer": it ended with status 67 no such user\n`;
    assert.equal(host.logged(), failed('cat') + failed('dog'));
  });
});
