import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import manifest from '../../package.json' with { type: 'json' };
import { startDaemon, temporaryDirectory } from '../support/daemon.ts';
import { npm, packInto } from '../support/npm-package.ts';

const ADDON = /^dist\/initvisor-linux-(x64|arm64)-(glibc|musl)\.node$/;
const PROGRAM = /^dist\/[a-z.-]+\.c?js(\.LEGAL\.txt)?$/;
const CODE_CACHE = /^dist\/(initvisor|initvisorctl|init-mode)-v\d+\.\d+\.\d+-\w+-\d+\.cache$/;
const TYPES = /^dist\/types\/(package\.json|[a-z-]+\/[a-z-]+\.d\.ts)$/;
const DOCUMENT = /^(CHANGELOG\.md|LICENSE|README\.md|package\.json)$/;

describe('the npm package', () => {
  it('holds the program, its addon and its documents, and nothing else', async (t) => {
    const { files } = await packInto(temporaryDirectory(t));
    for (const path of Object.values(manifest.bin)) assert.ok(files.includes(path), path);
    assert.ok(files.some((path) => ADDON.test(path)));
    const known = [ADDON, PROGRAM, CODE_CACHE, TYPES, DOCUMENT];
    assert.deepEqual(
      files.filter((path) => !known.some((pattern) => pattern.test(path))),
      [],
    );
  });

  it('installs without scripts, network or anything to build with, and runs', async (t) => {
    const dir = temporaryDirectory(t);
    const { path } = await packInto(dir);
    writeFileSync(join(dir, 'package.json'), '{"private": true}');
    await npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', path], dir);
    assert.equal(await npm(['ls', '--all', '--parseable'], dir), `${dir}\n${dir}/node_modules/initvisor\n`);
    assert.match(await npm(['exec', '--offline', '--', 'initvisor', '-v'], dir), /^\d+\.\d+\.\d+\n$/);

    const daemon = startDaemon(t, {
      command: [join(dir, 'node_modules/.bin/initvisor')],
      config: `
        [supervisord]
        logfile=/dev/null
        pidfile=%DIR%/pid
        [program:web]
        command=/bin/sh -c 'echo hello; exec sleep 1000'
        stdout_logfile=/dev/stdout
      `.replace(/^ +/gm, ''),
    });
    await daemon.waitForOutput(/^hello$/m);
    assert.equal(await daemon.stop(), 0);
  });
});
