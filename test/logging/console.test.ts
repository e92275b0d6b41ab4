import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConsoleStyle, renderMember, renderOwnLine, renderPrefix } from '../../src/logging/console.ts';

const STYLE: ConsoleStyle = { form: 'prefix', name: 'web', prefix: 'web |', colour: false };
const LINE = {
  level: 'warn',
  wallMs: Date.UTC(2026, 10, 21, 1, 2, 3, 4),
  text: 'one\ntwo',
  rendered: 'T WARN one\ntwo',
} as const;

describe('the console', () => {
  it('puts a space after a prefix, and colours it on a terminal', () => {
    assert.equal(renderPrefix(STYLE), 'web | ');
    assert.equal(renderPrefix({ ...STYLE, colour: true }).replace(/\d+/, 'N'), '\x1b[Nmweb |\x1b[0m ');
    assert.equal(renderPrefix({ ...STYLE, prefix: '' }), '');
    assert.equal(renderPrefix({ ...STYLE, form: 'raw' }), '');
    assert.equal(renderPrefix({ ...STYLE, form: 'json' }), '');
  });

  it('gives a name the same colour each time, and not all names the same', () => {
    const colours = ['a', 'b', 'c', 'd', 'web', 'db', 'cache'].map((name) =>
      renderPrefix({ ...STYLE, name, colour: true }),
    );
    assert.ok(new Set(colours).size > 2);
    assert.equal(renderPrefix({ ...STYLE, name: 'db', colour: true }), colours[5]);
  });

  it('shows the daemon’s own lines in the same form', () => {
    assert.equal(renderOwnLine(STYLE, LINE), 'web | T WARN one\nweb | two\n');
    assert.equal(renderOwnLine({ ...STYLE, prefix: '' }, LINE), 'T WARN one\ntwo\n');
    assert.deepEqual(JSON.parse(renderOwnLine({ ...STYLE, form: 'json' }, LINE)), {
      ...{ ts: '2026-11-21T01:02:03.004Z', program: 'web', stream: 'log', level: 'warn', message: 'one\ntwo' },
    });
  });

  it('quotes names in JSON', () => {
    assert.equal(renderMember('program', 'a"b'), '"program":"a\\"b"');
  });
});
