import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { it } from 'node:test';
import { ROOT, temporaryDirectory } from '../support/daemon.ts';

it('a daemon that says nothing is not healthy', { timeout: 60_000 }, async (t) => {
  const path = join(temporaryDirectory(t), 'sock');
  const mute = createServer((client) => client.on('error', () => client.destroy())).listen(path);
  await once(mute, 'listening');
  t.after(() => mute.close());
  const client = spawn(process.execPath, [join(ROOT, 'dist/initvisorctl.cjs'), '-s', `unix://${path}`, 'healthcheck']);
  t.after(() => client.kill('SIGKILL'));
  let said = '';
  client.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const [status] = await once(client, 'close');
  assert.equal(status, 1);
  assert.match(said, /^error: <class 'TimeoutError'>/);
});
