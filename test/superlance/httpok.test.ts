import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { httpok } from '../../src/superlance/httpok.ts';
import { freePort } from '../support/free-port.ts';
import { create, createHost, createServerFake, event, exited, info, serveHttp, TICK } from './support.ts';

const INFOS = [info('foo'), info('bar', 'EXITED'), info('pets:cat'), info('httpok')];
const ENV = { SUPERVISOR_PROCESS_NAME: 'httpok', SUPERVISOR_GROUP_NAME: 'httpok' };

interface Case {
  readonly words?: readonly string[];
  readonly url: string;
  readonly ticks?: number;
  readonly infos?: Parameters<typeof createServerFake>[0];
  readonly faults?: readonly string[];
}

async function run({ words = [], url, ticks = 1, infos = INFOS, faults = [] }: Case) {
  const host = createHost({ env: ENV });
  const { server, calls } = createServerFake(infos, faults);
  const handle = create(httpok, [...words, url], host, server);
  for (let i = 0; i < ticks; i++) await handle(TICK);
  return { calls, host, mail: host.commands.at(-1)?.input ?? '' };
}

const broken = (status = 500) => ({ status, text: 'out of order' });

describe('httpok', () => {
  // words, status and text of the page, calls
  const RESTART_FOO = ['stop foo', 'start foo'];
  for (const [words, { status, text }, calls] of [
    [['-p', 'foo'], { status: 200, text: '' }, []],
    [['-p', 'foo'], broken(), RESTART_FOO],
    [['-p', 'foo'], { status: 204, text: '' }, RESTART_FOO],
    [['-p', 'foo', '-c', '204', '-c', '500'], broken(), []],
    [['-p', 'foo', '-c', '204'], { status: 200, text: '' }, RESTART_FOO],
    [['-p', 'foo', '-b', 'grün'], { status: 200, text: 'alles grün' }, []],
    [['-p', 'foo', '-b', 'grün'], { status: 200, text: 'alles rot' }, RESTART_FOO],
    [['-p', 'foo', '-p', 'pets:cat'], broken(), [...RESTART_FOO, 'stop pets:cat', 'start pets:cat']],
    [['-p', 'cat'], broken(), ['stop pets:cat', 'start pets:cat']],
    [['-p', 'bar'], broken(), []],
    [['-p', 'foo:foo'], broken(), RESTART_FOO],
    [['-p', 'httpok'], broken(), []],
    [['-a'], broken(), [...RESTART_FOO, 'stop pets:cat', 'start pets:cat']],
    [['-a', '-p', 'foo'], broken(), [...RESTART_FOO, 'stop pets:cat', 'start pets:cat']],
    [['-E', '-p', 'bar'], broken(), []],
    [['-E', '-p', 'pets:cat'], broken(), ['stop pets:cat', 'start pets:cat']],
    [['-E', '-a'], broken(), [...RESTART_FOO, 'stop pets:cat', 'start pets:cat']],
    [[], broken(), []],
  ] as const) {
    it(`${words.join(' ')} with ${status} ${text} asks for ${calls.join(', ') || 'nothing'}`, async (t) => {
      const url = await serveHttp(t, (_, response) => void response.writeHead(status).end(status === 204 ? '' : text));
      assert.deepEqual((await run({ words, url })).calls, calls);
    });
  }

  it('says what it does and mails it', async () => {
    const url = `http://127.0.0.1:${await freePort()}/x`;
    const words = ['-p', 'foo', '-p', 'bar', '-p', 'zz', '-p', 'httpok', '-m', 'a@b', '-n', 'front'];
    const { host, mail } = await run({ words, url });
    const lines = [
      "Restarting selected processes ['foo', 'bar', 'zz', 'httpok']",
      'foo is in RUNNING state, restarting',
      'foo restarted',
      'bar not in RUNNING state, NOT restarting',
      'httpok is httpok itself, NOT restarting',
      "Programs not restarted because they did not exist: ['zz']",
    ].join('\n');
    const what = `error contacting ${url}:\n\n connect ECONNREFUSED ${new URL(url).host}`;
    const subject = `httpok [front]: ${url}: bad status returned`;
    assert.equal(host.logged(), `${lines}\nMailed:\n\nTo: a@b\nSubject: ${subject}\n\n${what}\n${lines}\n`);
    assert.match(mail, /^To: a@b\n/m);
    assert.ok(mail.includes(`\n\n${what}\n${lines}`), mail);
  });

  it('names the status, or the body, in the subject, and says nothing of a right page', async (t) => {
    const url = await serveHttp(
      t,
      (request, response) => void response.writeHead(request.url === '/' ? 200 : 503).end('x'),
    );
    const subjectOf = async (more: readonly string[], path: string) =>
      /^Subject: (.*(\n .*)*)/m.exec((await run({ words: ['-m', 'a@b', ...more], url: url + path })).mail)?.[1] ?? '';
    assert.equal(await subjectOf([], '/x'), `httpok: ${url}/x: bad status returned`);
    assert.equal(await subjectOf(['-b', 'y'], '/'), `httpok: ${url}/: bad body returned`);
    assert.equal((await run({ words: ['-m', 'a@b', '-p', 'foo'], url })).host.logged(), '');
  });

  it('starts a process that it could not stop, and goes on with the next', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    const { host, calls } = await run({ words: ['-a'], url, faults: ['stop foo', 'start pets:cat'] });
    assert.deepEqual(calls, ['stop foo', 'start foo', 'stop pets:cat', 'start pets:cat']);
    assert.equal(
      host.logged(),
      "Restarting all running processes\nfoo is in RUNNING state, restarting\nFailed to stop process foo: <Fault 40: 'FAILED: stop foo'>\n" +
        "foo restarted\npets:cat is in RUNNING state, restarting\nFailed to start process pets:cat: <Fault 40: 'FAILED: start pets:cat'>\n",
    );
  });

  it('does nothing without the list of processes', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    for (const words of [['-a'], ['-E', '-a']]) {
      const { host } = await run({ words, url, infos: new Error('no server') });
      assert.equal(host.logged(), 'Exception retrieving process info no server, not acting\n');
    }
  });

  it('dumps a core of each process first', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    const { host } = await run({ words: ['-p', 'cat', '-d', '/cores', '-g', 'dump'], url });
    assert.deepEqual(host.commands, [{ command: 'dump "/cores/pets:cat" 71', input: '' }]);
    assert.match(host.logged(), /^gcore output for pets:cat:\n\n \npets:cat is in RUNNING state, restarting$/m);
  });

  it('waits for as many failures in a row as it is told', async (t) => {
    const statuses = [500, 500, 200, 500, 500, 500, 500];
    const url = await serveHttp(t, (_, response) => void response.writeHead(statuses.shift() ?? 200).end());
    const { calls, host } = await run({ words: ['-p', 'foo', '--failures', '3'], url, ticks: 7 });
    assert.deepEqual(calls, ['stop foo', 'start foo']);
    assert.equal(
      host.logged().match(/^check \d of 3 failed: status contacting .*: 500 Internal Server Error$/gm)?.length,
      5,
    );
  });

  it('acts on ticks only', async () => {
    const host = createHost();
    const { server, calls } = createServerFake(INFOS);
    const handle = create(httpok, ['-a', `http://127.0.0.1:${await freePort()}/`], host, server);
    for (const one of [exited('foo'), event('REMOTE_COMMUNICATION', 'type:TICK\n')]) await handle(one);
    assert.deepEqual([calls, host.logged()], [[], '']);
    for (const name of ['TICK_5', 'TICK_3600']) await handle(event(name, 'when:0'));
    assert.equal(calls.length, 2 * 2 * 3);
  });
});
