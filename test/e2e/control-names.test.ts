import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { OWN_FILES, ROOT, startDaemon, temporaryDirectory } from '../support/daemon.ts';

const CONFIG = `${OWN_FILES}[unix_http_server]
file=%DIR%/sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%DIR%/sock
[program:p]
command=sleep 1000
startsecs=0
`;

/** Name of a link in an image, the file in dist/ that it leads to. */
const CLIENTS = [
  ['supervisorctl', 'initvisorctl.cjs'],
  ['supervisorctl', 'initvisor.cjs'],
  ['initvisorctl', 'initvisorctl.cjs'],
  ['ctl', 'initvisorctl.cjs'],
] as const;

function run(link: string, ...words: readonly string[]) {
  const env: NodeJS.ProcessEnv = { ...process.env };
  delete env.NODE_EXTRA_CA_CERTS;
  const { stdout, stderr, status } = spawnSync(link, words, { encoding: 'utf8', env });
  return { stdout, stderr, status };
}

describe('under the names of Supervisor', () => {
  it('the daemon and the client are those programs, through symlinks', async (t) => {
    const dir = temporaryDirectory(t);
    const link = (name: string, file: string): string => {
      const path = join(temporaryDirectory(t), name);
      // In two steps, as npm links to what an image links to.
      symlinkSync(join(ROOT, 'dist', file), join(dir, `${name}-${file}`), 'file');
      symlinkSync(join(dir, `${name}-${file}`), path, 'file');
      return path;
    };
    const daemon = startDaemon(t, { config: CONFIG, command: [link('supervisord', 'initvisor.cjs'), '-n'] });
    await daemon.waitForOutput(/RPC interface 'supervisor' initialized/);
    for (const [name, file] of CLIENTS) {
      const client = link(name, file);
      const { stdout, status } = run(client, '-c', join(daemon.dir, 'supervisord.conf'), 'status');
      assert.match(stdout, /^p {32}RUNNING {3}pid \d+, uptime \d:\d\d:\d\d\n$/, `${name} -> ${file}`);
      assert.equal(status, 0);
      const wrong = run(client, '--nosuch');
      assert.ok(wrong.stderr.includes(`For help, use ${client} -h`), wrong.stderr);
      assert.equal(wrong.status, 2);
    }
    const sample = run(link('echo_supervisord_conf', 'initvisor.cjs'));
    assert.match(sample.stdout, /^\[supervisord\]$/m);
    assert.equal(sample.status, 0);
    assert.equal(await daemon.stop(), 0);
  });
});
