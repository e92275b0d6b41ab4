import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scriptEnd } from '../../../src/config/container-lint/shell-script.ts';

describe('a script ends with', () => {
  const rows: readonly (readonly [script: string, kind: string, text?: string])[] = [
    ['app --port 80', 'simple', 'app --port 80'],
    ['A=1 B="x y" app', 'simple', 'app'],
    ['cd /srv && app', 'simple', 'app'],
    ['cd /srv; app', 'simple', 'app'],
    ['cd /srv\napp\n', 'simple', 'app'],
    ['a | b && app', 'simple', 'app'],
    ['if true; then a; fi; app', 'simple', 'app'],
    ['app $(cat /x; echo ")")', 'simple', 'app $(cat /x; echo ")")'],
    ['app "a; b" \'c & d\' e\\;f', 'simple', 'app "a; b" \'c & d\' e\\;f'],
    ['app `a; b`', 'simple', 'app `a; b`'],
    ['app >/log 2>&1', 'simple', 'app >/log 2>&1'],
    ['app &>/log', 'simple', 'app &>/log'],
    ['timeout 5 app', 'simple', 'timeout 5 app'],
    ['exec app', 'exec', 'app'],
    ['a && exec app -x', 'exec', 'app -x'],
    ['while a; do b; done; exec app', 'exec', 'app'],
    ['exec "$@"', 'exec', '"$@"'],
    ['exec 2>&1; app', 'simple', 'app'],
    ['exec >/log; app', 'simple', 'app'],
    ['app | tee log', 'compound'],
    ['app |& tee log', 'compound'],
    ['while true; do app; sleep 60; done', 'compound'],
    ['until app; do sleep 1; done', 'compound'],
    ['if a; then app; fi', 'compound'],
    ['(cd /srv && app)', 'compound'],
    ['{ app; }', 'compound'],
    ['! app', 'compound'],
    ['time app', 'compound'],
    ['for i in 1 2; do app $i; done', 'compound'],
    ['case $X in a) app;; esac', 'compound'],
    ['app; echo done', 'compound'],
    ['app; CODE=$?; exit $CODE', 'compound'],
    ['a & b & wait', 'compound'],
    ['app &', 'background'],
    ['a; app &', 'background'],
    ['a & app', 'simple', 'app'],
    ['trap "kill 0" TERM; app & wait', 'own'],
    ['if a; then exec b; else exec c; fi', 'own'],
    ['exec a || exit 1', 'own'],
    ["printf 'READY\\n'; while read line; do kill -15 1; done", 'own'],
    ['sleep 5; exit 3', 'own'],
    ['A=1', 'own'],
    ['', 'own'],
    [' ; ', 'own'],
    ['app "never closed', 'own'],
    ["app 'never closed", 'own'],
    ['app $(never closed', 'own'],
    ['cat <<EOF | app\nx\nEOF', 'own'],
  ];
  for (const [script, kind, text] of rows) {
    it(`${JSON.stringify(script)}: ${kind}`, () => {
      const end = scriptEnd(script);
      assert.equal(end.kind, kind);
      assert.equal('text' in end ? end.text : undefined, text);
    });
  }

  it('a redirection, or none', () => {
    const hasRedirection = (script: string) => {
      const end = scriptEnd(script);
      return end.kind === 'simple' && end.hasRedirection;
    };
    assert.deepEqual(['app', 'app ">"', 'app >log', 'a >log; app', 'app 2>&1'].map(hasRedirection), [
      ...[false, false, true, false, true],
    ]);
  });

  it('something, whatever it is, in no time', () => {
    for (const script of [
      '$('.repeat(2000),
      '"'.repeat(9999),
      'a '.repeat(20_000),
      ';'.repeat(20_000),
      'A=1 '.repeat(5000),
    ]) {
      assert.ok(scriptEnd(script).kind);
    }
  });
});
