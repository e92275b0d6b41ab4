import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderChildEnvironment } from '../../src/supervisor/child-environment.ts';
import { loadText, requireConfig } from '../config/sources.ts';

function render(options: string, inherited: Record<string, string>, url: string | null): Record<string, string> {
  const [group] = requireConfig(loadText(`[program:p]\ncommand=cat\n${options}`)).groups;
  const [process] = group?.processes ?? [];
  assert.ok(process !== undefined);
  const lines = renderChildEnvironment(inherited, process, url);
  assert.equal(new Set(lines.map((line) => line.split('=')[0])).size, lines.length, 'no name twice');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

describe('a program’s environment', () => {
  it('is the inherited one, ours on top, and its own over both', () => {
    const environment = render('environment=A="mine",SUPERVISOR_GROUP_NAME="odd"', { A: 'old', B: 'x=y', C: '' }, null);
    assert.deepEqual(environment, {
      A: 'mine',
      B: 'x=y',
      C: '',
      SUPERVISOR_ENABLED: '1',
      SUPERVISOR_PROCESS_NAME: 'p',
      SUPERVISOR_GROUP_NAME: 'odd',
    });
  });

  it('names the server, the program’s own serverurl before the one that is found', () => {
    assert.equal(render('', {}, 'unix:///s').SUPERVISOR_SERVER_URL, 'unix:///s');
    assert.equal(render('serverurl=http://h:1', {}, 'unix:///s').SUPERVISOR_SERVER_URL, 'http://h:1');
  });
});
