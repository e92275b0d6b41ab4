import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderProblem } from '../../src/config/problem.ts';
import { renderResolved } from '../../src/config/render-resolved.ts';
import { loadText, requireConfig } from './sources.ts';

const GOOD = '[hook:x]\nevents=process_state_FATAL, TICK_5,TICK_5\nurl=https://u:p@hooks.example/T0/secret\n';

describe('a hook', () => {
  it('has events, a target and defaults', () => {
    const { hooks } = requireConfig(loadText(GOOD));
    assert.deepEqual(hooks, [
      {
        name: 'x',
        events: ['PROCESS_STATE_FATAL', 'TICK_5'],
        target: { kind: 'url', url: 'https://u:p@hooks.example/T0/secret', headers: {} },
        timeout: 5,
        retries: 3,
        buffer_size: 100,
      },
    ]);
  });

  it('runs a command as well', () => {
    const { hooks } = requireConfig(loadText('[hook:x]\nevents=EVENT\ncommand=%(here)s/on-event a\nretries=0\n'));
    assert.deepEqual([hooks[0]?.target, hooks[0]?.retries], [{ kind: 'command', command: '/etc/on-event a' }, 0]);
  });

  const HEADERS: readonly (readonly [text: string, headers: Readonly<Record<string, string>>])[] = [
    ['Authorization: Bearer a:b', { Authorization: 'Bearer a:b' }],
    ['Accept: text/html, application/json, X-Token: t', { Accept: 'text/html, application/json', 'X-Token': 't' }],
    ['A: 1\n  B: 2,\n  C: 3', { A: '1', B: '2', C: '3' }],
    ['', {}],
  ];
  for (const [text, headers] of HEADERS) {
    it(`sends the headers ${JSON.stringify(text)}`, () => {
      const { target } = requireConfig(loadText(`${GOOD}headers=${text}\n`)).hooks[0] ?? {};
      assert.deepEqual(target?.kind === 'url' ? target.headers : null, headers);
    });
  }

  const REFUSED: readonly (readonly [options: string, problem: RegExp])[] = [
    ['url=http://a/', /:\d+: error: \[hook:x\] section requires an "events" line$/],
    ['events=TICK_5', /error: \[hook:x\] section requires a "url" or a "command" line$/],
    ['events=TICK_5\nurl=http://a/\ncommand=true', /:4: error: \[hook:x\] command: .*, not both$/],
    ['events=TICK_7\nurl=http://a/', /:2: error: \[hook:x\] events: Unknown event type TICK_7 in \[hook:x\] events$/],
    ['events=EVENT\nurl=ftp://secret/', /:3: error: \[hook:x\] url: not a valid http or https URL$/],
    ['events=EVENT\nurl=http://', /url: not a valid http or https URL$/],
    ['events=EVENT\nurl=http://a/\nretries=-1', /:4: error: \[hook:x\] retries: retries -1 is below lower bound/],
    ['events=EVENT\nurl=http://a/\nbuffer_size=0', /buffer_size 0 is below lower bound \(1\)$/],
    ['events=EVENT\nurl=http://a/\ntimeout=0', /timeout: not a number of seconds above 0, such as 10 or 0.5: '0'$/],
    ['events=EVENT\nurl=http://a/\nheaders=secret', /headers: not a valid list of headers: each is `Name: value`$/],
    ['events=EVENT\nurl=http://a/\nheaders=A: secret\u2603', /headers: header 'A' has characters that cannot be sent$/],
    ['events=EVENT\nurl=http://a/\nheaders=Content-Length: 7', /header 'Content-Length' cannot be set$/],
    ['events=EVENT\ncommand=true\nheaders=A: secret', /headers: a command has no headers$/],
    ['events=EVENT\ncommand=', /command: the command is empty$/],
  ];
  for (const [options, problem] of REFUSED) {
    it(`is refused with ${JSON.stringify(options)}`, () => {
      const result = loadText(`[hook:x]\n${options}\n`);
      const problems = result.ok ? [] : result.problems.map(renderProblem);
      assert.ok(problems.length === 1 && problem.test(problems[0] ?? ''), problems.join('\n'));
      assert.doesNotMatch(problems.join('\n'), /secret/);
    });
  }

  it('is shown without what may be secret', () => {
    const shown = renderResolved(requireConfig(loadText(`${GOOD}headers=A: secret\n`)));
    assert.match(shown, /^# \[hook:x\] events=PROCESS_STATE_FATAL,TICK_5 url=https:\/\/hooks\.example\/…$/m);
    assert.doesNotMatch(shown, /secret/);
  });
});
