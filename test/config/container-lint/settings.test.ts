import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findingsIn } from './findings.ts';

const program = (...options: readonly string[]) => `[program:x]\ncommand=a\n${options.join('\n')}\n`;

describe('restarts without an end', () => {
  const said =
    '3: warning: [program:x] startsecs: 0 makes every start a success: a program that ends at once is started each second and never becomes FATAL; write startsecs=1, or restart_limit=5/60s';
  it('are told of', () => assert.deepEqual(findingsIn(program('startsecs=0', 'autorestart=true')), [said]));
  for (const options of [
    ['startsecs=0'],
    ['startsecs=0', 'autorestart=unexpected'],
    ['startsecs=1', 'autorestart=true'],
    ['startsecs=0', 'autorestart=true', 'restart_limit=5/60s'],
  ]) {
    it(`are not there with ${options.join(', ')}`, () => assert.deepEqual(findingsIn(program(...options)), []));
  }
});

describe('another user', () => {
  const said =
    '3: warning: [program:x] user: leaves HOME and USER as the daemon has them, as in Supervisor; write environment=HOME="/home/app",USER="app"';
  it('needs a home', () => assert.deepEqual(findingsIn(program('user=app')), [said]));
  it('needs a home by number too', () => assert.deepEqual(findingsIn(program('user=1000')), [said]));
  it('has one of its own', () => assert.deepEqual(findingsIn(program('user=app', 'environment=HOME="/tmp"')), []));
  it('has one from [supervisord]', () =>
    assert.deepEqual(findingsIn(`[supervisord]\nenvironment=HOME=/tmp\n${program('user=app')}`), []));
  it('may be root', () => assert.deepEqual(findingsIn(program('user=root')), []));
  it("may be the daemon's", () => assert.deepEqual(findingsIn(`[supervisord]\nuser=app\n${program('user=app')}`), []));
  it('may be the one who starts it', () => assert.deepEqual(findingsIn(program('user=app'), { uid: 1000 }), []));
  it('is told of once for all processes of a section', () => {
    const many = program('user=app', 'numprocs=3', 'process_name=%(process_num)d');
    assert.equal(findingsIn(many).length, 1);
  });
});

describe('a server', () => {
  const server = (port: string, ...more: readonly string[]) => `[inet_http_server]\nport=${port}\n${more.join('\n')}\n`;
  for (const port of ['9001', ':9001', '*:9001', '0.0.0.0:9001', '10.0.0.1:9001', 'web:9001', '[::]:9001']) {
    it(`at ${port} needs a password`, () =>
      assert.deepEqual(findingsIn(server(port)), [
        '2: warning: [inet_http_server] port: whoever reaches it may start and stop every program; write username= and password=, or port=127.0.0.1:9001',
      ]));
  }
  for (const port of ['127.0.0.1:9001', '127.1.2.3:9001', 'localhost:9001', '[::1]:9001']) {
    it(`at ${port} is this machine's own`, () => assert.deepEqual(findingsIn(server(port)), []));
  }
  it('with a password is all right', () =>
    assert.deepEqual(findingsIn(server('9001', 'username=a', 'password=b')), []));
  it('on a unix socket is all right', () => assert.deepEqual(findingsIn('[unix_http_server]\nfile=/tmp/s\n'), []));
});

describe('a daemon that detaches', () => {
  it('is told of', () =>
    assert.deepEqual(findingsIn('[supervisord]\nnodaemon=false\n'), [
      '2: warning: [supervisord] nodaemon: detaches unless it is PID 1, and whoever waits for it believes it has ended; write nodaemon=true',
    ]));
  it('is one that says so', () => assert.deepEqual(findingsIn('[supervisord]\nlogfile=/tmp/x\n'), []));
});

describe('output of the container', () => {
  const note = (line: number, key: string, more = '') =>
    `${line}: note: [program:x] ${key}: /dev/${key.slice(0, 6)} is never rotated here, but in Supervisor it needs ${key}_maxbytes=0${more}`;
  it('needs a size of 0 in Supervisor only', () =>
    assert.deepEqual(findingsIn(program('stdout_logfile=/dev/stdout')), [note(3, 'stdout_logfile')]));
  it('is told of once', () => {
    const both = ['stdout_logfile=/dev/stdout', 'stderr_logfile=/dev/stderr'];
    assert.deepEqual(findingsIn(program(...both)), [note(3, 'stdout_logfile', ' (1 more log is like this)')]);
    const three = `${program(...both)}[program:y]\ncommand=a\nstdout_logfile=/dev/stdout\n`;
    assert.deepEqual(findingsIn(three), [note(3, 'stdout_logfile', ' (2 more logs are like this)')]);
  });
  it('of the daemon is the same', () =>
    assert.deepEqual(findingsIn('[supervisord]\nlogfile=/dev/stdout\n'), [
      '2: note: [supervisord] logfile: /dev/stdout is never rotated here, but in Supervisor it needs logfile_maxbytes=0',
    ]));
  it('with a size of 0 is as Supervisor wants it', () =>
    assert.deepEqual(findingsIn(program('stdout_logfile=/dev/stdout', 'stdout_logfile_maxbytes=0')), []));
  it('is no other file', () => assert.deepEqual(findingsIn(program('stdout_logfile=/dev/null')), []));
});

describe('quotes that do not close', () => {
  const said = (line: number, key: string) =>
    `${line}: warning: [program:x] ${key}: cannot be split into words: No closing quotation; close the quotes`;
  it('in a command', () => assert.deepEqual(findingsIn('[program:x]\ncommand=a "b\n'), [said(2, 'command')]));
  for (const option of ['pre_start=a "', 'post_stop=a "', 'ready_check=exec:a "', 'health_check=exec:a "']) {
    const key = option.slice(0, option.indexOf('='));
    it(`in ${key}`, () => assert.deepEqual(findingsIn(program(option)), [said(3, key)]));
  }
});
