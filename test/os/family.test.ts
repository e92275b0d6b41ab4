import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createProcessSource } from '../../src/os/family.ts';
import { loadNative } from '../../src/os/native.ts';
import { ROOT } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';

const native = loadNative(join(ROOT, 'dist'));
const source = createProcessSource(native);

/** A process with a child of its own, which is the second one. */
async function startPair(t: TestContext): Promise<readonly [number, number]> {
  const parent: ChildProcess = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(parent.stdout ?? assert.fail('no stdout'), 'data');
  const child = Number(String(line));
  t.after(() => {
    for (const pid of [child, parent.pid ?? 0]) native.kill(pid, 9);
  });
  return [parent.pid ?? 0, child];
}

describe('a family', () => {
  it('has the children of this process and those of others', async (t) => {
    const [parent, child] = await startPair(t);
    const family = source.readFamily() ?? assert.fail('no family');
    assert.ok(family.own.includes(parent));
    assert.deepEqual(family.childrenOf(parent), [child]);
    assert.deepEqual(family.childrenOf(child), []);
  });

  it('is the same to those who look at all processes', async (t) => {
    const [parent, child] = await startPair(t);
    const found = source.readChildren(() => false);
    assert.deepEqual(found?.childrenOf(parent), [child]);
    assert.ok(found.childrenOf(process.pid).includes(parent));
    assert.deepEqual(source.readChildren((pid) => pid === child)?.childrenOf(parent), []);
  });

  it('has the children of every thread', async (t) => {
    const code = `
      const { Worker } = require('node:worker_threads');
      new Worker("const { pid } = require('node:child_process').spawn('sleep', ['60']); console.log(pid)", { eval: true });
    `;
    const parent = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(parent.stdout, 'data');
    const child = Number(String(line));
    t.after(() => {
      for (const pid of [child, parent.pid ?? 0]) native.kill(pid, 9);
    });
    assert.deepEqual(source.readFamily()?.childrenOf(parent.pid ?? 0), [child]);
  });

  it('of one that has ended has nobody', () => {
    assert.deepEqual(source.readFamily()?.childrenOf(2 ** 22 + 1), []);
  });
});

describe('the environment of a process', () => {
  it('is what it was started with', async (t) => {
    const child = spawn('sleep', ['60'], { env: { ...process.env, MARK: 'ä b' } });
    t.after(() => child.kill('SIGKILL'));
    const { pid = 0 } = child;
    await waitFor(() => readFileSync(`/proc/${pid}/comm`, 'latin1') === 'sleep\n', 'sleep');
    const environment = source.readEnvironment(pid);
    assert.ok(Array.isArray(environment) && environment.includes('MARK=ä b'));
  });

  it('may be empty', async (t) => {
    const child = spawn('/bin/sleep', ['60'], { env: {} });
    t.after(() => child.kill('SIGKILL'));
    await waitFor(() => source.readEnvironment(child.pid ?? 0) !== 'changing', 'sleep');
    assert.deepEqual(source.readEnvironment(child.pid ?? 0), ['']);
  });

  it('is not known of one that ends or has ended', () => {
    assert.equal(source.readEnvironment(2 ** 22 + 1), 'changing');
  });

  // As in a container, where root may not look into every process.
  const WITHOUT_PTRACE = ['--bounding-set=-sys_ptrace,-perfmon,-sys_admin'];

  it('is open to root by the user of the process, who stays as open to others as before', {
    skip: missing('root'),
  }, async (t) => {
    const other = spawn('sleep', ['60'], { uid: 65534, gid: 65534, env: { ...process.env, MARK: 'seen' } });
    t.after(() => other.kill('SIGKILL'));
    await waitFor(() => readFileSync(`/proc/${other.pid}/comm`, 'latin1') === 'sleep\n', 'sleep');
    const modules = ['src/os/family.ts', 'src/os/native.ts'].map((path) => JSON.stringify(join(ROOT, path)));
    const code = `
      const [{ createProcessSource }, { loadNative }] = await Promise.all([import(${modules[0]}), import(${modules[1]})]);
      const fs = await import('node:fs');
      const { execFileSync } = await import('node:child_process');
      const environ = '/proc/${other.pid}/environ';
      let direct = 'open';
      try { fs.readFileSync(environ); } catch ({ code }) { direct = code; }
      const environment = createProcessSource(loadNative(${JSON.stringify(join(ROOT, 'dist'))})).readEnvironment(${other.pid});
      const status = fs.readFileSync('/proc/self/status', 'latin1');
      // Nobody else can use its descriptors once it is not dumpable.
      const reach = execFileSync('sh', ['-c', 'readlink /proc/$PPID/fd/0 >/dev/null && echo reached'], { encoding: 'utf8' });
      console.log(JSON.stringify({
        direct, isSeen: environment?.includes('MARK=seen'), reach: reach.trim(),
        uids: /^Uid:\\s+(.*)$/m.exec(status)[1].split('\\t'), gids: /^Gid:\\s+(.*)$/m.exec(status)[1].split('\\t'),
      }));
    `;
    const args = [...WITHOUT_PTRACE, process.execPath, '--import', 'tsx', '--input-type=module', '-e', code];
    const ran = spawnSync('setpriv', args, { encoding: 'utf8', cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    assert.equal(ran.stderr, '');
    const root = ['0', '0', '0', '0'];
    assert.deepEqual(JSON.parse(ran.stdout), {
      ...{ direct: 'EACCES', isSeen: true, reach: 'reached', uids: root, gids: root },
    });
  });
});

describe('without /proc', { skip: missing('root', 'pid namespaces') }, () => {
  for (const [what, unmount] of [
    ['nothing at all', 'while umount -l /proc 2>/dev/null; do :; done'],
    ['that of another PID namespace', 'umount /proc'],
  ]) {
    it(`there is no family to be seen: with ${what}`, () => {
      const module = JSON.stringify(join(ROOT, 'src/os/family.ts'));
      const code = `
        const { createProcessSource } = await import(${module});
        const { pid } = (await import('node:child_process')).spawn('sleep', ['60']);
        const source = createProcessSource({ openAs: () => { throw new Error('opened'); } });
        console.log(JSON.stringify([source.readFamily(), source.readChildren(() => false)]));
        process.kill(pid, 'SIGKILL');
      `;
      const run = `${unmount}; exec "$0" --import tsx --input-type=module -e "$1"`;
      const args = ['--pid', '--fork', '--mount-proc', '--kill-child', 'sh', '-c', run, process.execPath, code];
      const ran = spawnSync('unshare', args, { encoding: 'utf8', cwd: ROOT });
      assert.equal(ran.stdout, '[null,null]\n', ran.stderr);
    });
  }
});
