import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { INITVISOR, ROOT, startDaemon } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { missing } from '../support/requirements.ts';

const run = promisify(execFile);
const EXAMPLES = join(ROOT, 'examples');

const files = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' });
const configs = files.filter((path) => path.endsWith('.conf') && basename(path) !== 'nginx.conf').sort();

/** Defaults for variables and lists of stop signals, the additions that Supervisor refuses instead of ignoring them. */
const REFUSED_UPSTREAM = /:-|^stopsignal=.*:/m;

function fetchText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (data: string) => {
        text += data;
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

function checkUpstream(path: string): void {
  it(`${path} loads in the real Supervisor too`, { skip: missing('supervisor') }, () => {
    const script = join(ROOT, 'test', 'compat', 'read-config.py');
    const input = `${join(EXAMPLES, path)}\n`;
    const { stdout, stderr } = spawnSync('/usr/bin/python3', ['-W', 'ignore', script], { input, encoding: 'utf8' });
    assert.doesNotMatch(stdout, /"error":/, stderr);
    assert.match(stdout, /"groups": \[\{/, stderr);
  });
}

describe('the examples', () => {
  it('are more than one', () => assert.ok(configs.length > 1));

  for (const path of configs) {
    it(`${path} loads without a warning or a note`, async () => {
      const file = join(EXAMPLES, path);
      const { stdout, stderr } = await run(process.execPath, [INITVISOR, 'check', '-c', file]);
      assert.match(stdout + stderr, /^[^\n]*: ok, \d+ process(es)?\n$/);
    });

    if (!REFUSED_UPSTREAM.test(readFileSync(join(EXAMPLES, path), 'utf8'))) checkUpstream(path);

    it(`${path} has a README beside it`, () => {
      assert.ok(files.includes(join(dirname(path), 'README.md')));
    });
  }
});

describe('the quickstart', () => {
  const folder = join(EXAMPLES, 'quickstart');

  it('shows all programs on stdout, serves a page, and ends with 0 on Ctrl-C', async (t) => {
    const text = readFileSync(join(folder, 'supervisord.conf'), 'utf8').replaceAll('%(here)s', folder);
    // The example's own pidfile and port may be in use by whoever tries it out.
    const config = text.replace(/^pidfile=.*$/m, 'pidfile=%DIR%/pid');
    const daemon = startDaemon(t, { config, env: { PORT: '0', PAGE_PORT: String(await freePort()) } });
    const [, url = ''] = await daemon.waitForOutput(/^web: listening on (http:\S+)$/m);
    assert.match(await fetchText(url), /^Hello from a program/);
    for (const line of [/^web: GET \/$/m, /^migrate: the tables are up to date$/m, /^worker: job 1 is done$/m]) {
      await daemon.waitForOutput(line);
    }
    const [, page = ''] = await daemon.waitForOutput(/ INFO serving (http:\S+)$/m);
    assert.match(await fetchText(page), /<td class="name"><a [^>]*>worker<\/a>/);
    daemon.signal('SIGINT');
    assert.equal(await daemon.exited, 0);
    assert.deepEqual(readdirSync(daemon.dir), ['supervisord.conf']);
  });

  it('names every program that its README tells of', () => {
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    const config = readFileSync(join(folder, 'supervisord.conf'), 'utf8');
    const programs = [...config.matchAll(/^\[program:(\w+)\]$/gm)].map(([, name]) => name);
    assert.deepEqual(
      programs.filter((name) => !readme.includes(`- \`${name}\` `)),
      [],
    );
  });
});
