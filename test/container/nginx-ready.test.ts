import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { assertOrder } from '../support/assert-order.ts';
import { startContainer } from '../support/container.ts';
import { useExampleImage } from '../support/example-image.ts';
import { fetchInside } from '../support/fetch-inside.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';

const UP = /success: nginx entered RUNNING/;

/** Says when nginx reads what it sends, and ends that when it is told to. */
const UPLOAD = `
const { existsSync, writeFileSync } = require('node:fs');
const headers = { expect: '100-continue' };
const upload = require('node:http').request({ port: 8080, method: 'POST', path: '/upload', headers });
upload.flushHeaders();
upload.on('continue', () => {
  writeFileSync(process.argv[1] + '/begun', '');
  const timer = setInterval(() => {
    if (!existsSync(process.argv[1] + '/go')) return;
    clearInterval(timer);
    upload.end('all');
  }, 20);
});
`;

describe('the nginx-ready example', { skip: missing('container engine') }, () => {
  const image = useExampleImage('nginx-ready');

  it('starts nginx when both processes are ready', async (t) => {
    const container = startContainer(t, { image: image() });
    await container.waitForOutput(UP);
    const output = container.output();
    for (const name of ['app0', 'app1']) {
      assertOrder(output, [`${name} | the cache is filled`, `ready: ${name}`, "spawned: 'nginx'"]);
    }
    assert.match(await fetchInside(container, '/page'), /^Hello from app[01]: you asked for \/page\n$/);
    assert.doesNotMatch(output, / (WARN|ERRO|CRIT) /);
  });

  it('drains, answers what it has accepted, and stops the application after nginx', async (t) => {
    const container = startContainer(t, { image: image() });
    await container.waitForOutput(UP);
    // It may be gone with the container before it can tell what it was answered; nginx logs that.
    container.exec('node', '-e', UPLOAD, container.dir).catch(() => undefined);
    await waitFor(() => existsSync(join(container.dir, 'begun')), 'the upload to begin');
    const stopped = container.stop(10);
    await container.waitForOutput(/waiting for app0, app1, nginx to die/);
    writeFileSync(join(container.dir, 'go'), '');
    assert.equal(await stopped, 0);
    const output = container.output();
    const drained = ['received SIGTERM', 'draining for 2 seconds', 'waiting for app0, app1, nginx to die'];
    const answered = [...drained, '"POST /upload HTTP/1.1" 200 ', 'stopped: nginx (exit status 0)'];
    for (const name of ['app0', 'app1']) assertOrder(output, [...answered, `stopped: ${name} (exit status 0)`]);
  });

  it('starts a process again that hangs, while the other one serves', async (t) => {
    const container = startContainer(t, { image: image() });
    const [, pid = ''] = await container.waitForOutput(/spawned: 'app0' with pid (\d+)/);
    await container.waitForOutput(UP);
    await container.exec('sh', '-c', `kill -STOP ${pid}`);
    const answers = [await fetchInside(container, '/'), await fetchInside(container, '/')];
    assert.match(answers.join(''), /^(Hello from app[01]: .*\n){2}$/);
    assert.match(answers.join(''), /Hello from app1/);
    await container.waitForOutput(/restarting 'app0': unhealthy(.*\n)+.*spawned: 'app0'(.*\n)+.*ready: app0/);
    const spawned = container.output().match(/(?<=spawned: ')\w+/g);
    assert.deepEqual(spawned, ['app0', 'app1', 'nginx', 'app0']);
  });
});
