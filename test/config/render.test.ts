import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { renderOptionsReference, renderSample } from '../../src/config/render.ts';
import { renderResolved } from '../../src/config/render-resolved.ts';
import { SECTION_KINDS } from '../../src/config/schema/sections.ts';
import { suggestName } from '../../src/config/suggest.ts';
import { loadText, requireConfig } from './sources.ts';

it('the option reference is the schema', () => {
  const path = join(import.meta.dirname, '../../src/config/OPTIONS.md');
  assert.equal(readFileSync(path, 'utf8'), renderOptionsReference(), 'run npm run generate');
});

it('the sample loads without a word', () => {
  const result = loadText(renderSample());
  assert.deepEqual(result.ok ? result.warnings : result.problems, []);
});

it('every example of the sample is a valid value', () => {
  const uncommented = renderSample()
    .replace(/^;(?=[[a-z])/gm, '')
    .replace(/www-data:www-data|nobody:nogroup/g, 'app:staff')
    .replace(/www-data/g, 'app')
    .replace('programs=web,worker', 'programs=x')
    // A longest delay of half a minute is for delays that double.
    .replace('backoff=linear', 'backoff=exponential')
    // A hook has a url or a command.
    .replace(/^command=.*on-event$/m, '');
  const directories = ['/srv', '/var/log/app'];
  // x is a program and an fcgi-program by now, which a group cannot tell apart.
  const result = loadText(uncommented.replace('[fcgi-program:x]', '[fcgi-program:f]'), { directories }, true);
  assert.deepEqual(result.ok ? result.warnings : result.problems, []);
});

it('the sample has every option of every kind', () => {
  const sample = renderSample();
  for (const { name, schema } of SECTION_KINDS.filter((kind) => kind.name !== 'ctlplugin:')) {
    for (const key of Object.keys(schema))
      assert.match(sample, new RegExp(`^;?${key.replace('.', '\\.')}=`, 'm'), `${name} ${key}`);
  }
});

it('resolved programs are shown with the values that they have in the end', () => {
  const text =
    '[inet_http_server]\nport=9001\nusername=u\npassword=hidden\n[program:x]\ncommand=a\n  b\nstopsignal=QUIT\numask=077\nexitcodes=0,2\nenvironment=A="1 2"\n';
  const shown = renderResolved(requireConfig(loadText(text)));
  assert.doesNotMatch(shown, /hidden/);
  const lines = shown.split('\n');
  const expected = [
    '# [inet_http_server] tcp://*:9001 with a password',
    '# program x priority=999',
    '[x:x]',
    'command=a',
    '  b',
    'stopsignal=QUIT',
    'umask=077',
    'exitcodes=0,2',
    'environment=A="1 2"',
    'stdout_logfile=AUTO',
    'autorestart=unexpected',
  ];
  for (const line of expected) assert.ok(lines.includes(line), `${line}\nin\n${shown}`);
});

describe('a mistyped name finds the one that was meant', () => {
  const known = ['startsecs', 'startretries', 'autostart', 'command', 'user'];
  const rows: readonly (readonly [name: string, near: string | null])[] = [
    ['startsec', 'startsecs'],
    ['comand', 'command'],
    ['ocmmand', 'command'],
    ['autostrat', 'autostart'],
    ['usr', 'user'],
    ['startretires', 'startretries'],
    ['zzz', null],
    ['', null],
    ['x'.repeat(5000), null],
  ];
  for (const [name, near] of rows) it(name.slice(0, 20), () => assert.equal(suggestName(name, known), near));
});
