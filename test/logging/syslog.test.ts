import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Syslog } from '../../src/logging/syslog.ts';
import { systemError } from '../support/fake-native.ts';

const AT = new Date(2026, 10, 1, 2, 3, 4).getTime();

/** A syslog daemon that answers as it is told to. */
function create() {
  const world = { error: '', absent: false, now: 0, connects: 0 };
  const sent: string[] = [];
  const said: string[] = [];
  const later: (() => void)[] = [];
  const syslog = new Syslog({
    native: {
      connectDatagram: () => {
        world.connects += 1;
        if (world.absent) throw systemError('ENOENT', 'connect');
        return 7;
      },
      sendDatagram: (_fd, data) => {
        if (world.error === '') sent.push(data.toString());
        return world.error;
      },
      close: () => undefined,
    },
    clock: { monotonicMs: () => world.now, wallMs: () => AT },
    ident: 'initvisor',
    log: (level, text) => void said.push(`${level} ${text}`),
    runAfter: (_delayMs, task) => void later.push(task),
  });
  const send = (text: string) => syslog.send(Buffer.from(text));
  return { world, sent, said, later, send };
}

describe('syslog', () => {
  it('gets a line with priority, time and name', () => {
    const { sent, send } = create();
    send('web a line');
    assert.deepEqual(sent, ['<14>Nov  1 02:03:04 initvisor: web a line']);
  });

  it('that is not there is said once, asked for once a second, and said to be back', () => {
    const { world, sent, said, send } = create();
    world.absent = true;
    for (let i = 0; i < 100; i++) send('lost');
    assert.equal(world.connects, 1);
    assert.deepEqual(said, ['error cannot write to syslog: ENOENT; what is sent to it is lost until that is over']);
    world.absent = false;
    world.now = 1000;
    send('back');
    assert.equal(sent.length, 1);
    assert.deepEqual(said.slice(1), ['warn syslog takes messages again; 100 of them were lost']);
  });

  it('that was started anew is found again at once', () => {
    const { world, sent, send } = create();
    send('before');
    world.error = 'ECONNREFUSED';
    send('lost');
    assert.equal(world.connects, 2);
    world.error = '';
    world.now = 1000;
    send('after');
    assert.equal(sent.length, 2);
  });

  it('that is busy gets all in order once it is not, and no more is kept than a bound', () => {
    const { world, sent, said, later, send } = create();
    world.error = 'EAGAIN';
    for (let i = 0; i < 5; i++) send(`line ${i}`);
    assert.deepEqual([sent.length, said.length, later.length], [0, 0, 1]);
    world.error = '';
    later.shift()?.();
    send('line 5');
    assert.deepEqual(
      sent.map((text) => text.slice(-6)),
      ['line 0', 'line 1', 'line 2', 'line 3', 'line 4', 'line 5'],
    );
    world.error = 'EAGAIN';
    for (let i = 0; i < 300; i++) send('x'.repeat(1024));
    assert.match(said[0] ?? '', /^error cannot write to syslog: EAGAIN/);
    assert.equal(said.length, 1);
    world.error = '';
    later.shift()?.();
    assert.match(said[1] ?? '', /^warn syslog takes messages again; \d+ of them were lost$/);
  });
});
