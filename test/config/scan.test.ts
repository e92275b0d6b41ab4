import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseIni } from '../../src/config/ini.ts';
import { scanIni } from '../../src/config/scan.ts';

const firstValue = (line: string) => scanIni(`[s]\n${line}\n`).sections[0]?.options[0]?.value;

describe('a value ends where an inline comment starts', () => {
  const rows: readonly (readonly [line: string, value: string])[] = [
    ['k=foo a;b', 'foo a;b'],
    ['k=foo a ;b', 'foo a'],
    ['k=foo a\t#b', 'foo a'],
    ['k=foo a;b ;c #d', 'foo a;b ;c'],
    ['k=foo a;b #c ;d', 'foo a;b'],
    ['k="a ; b"', '"a'],
    ['K : v = w', 'v = w'],
    ['k=a\n  b\n\n  # gone\n  c\n\n', 'a\nb\n\nc'],
    ['k=\n  a', '\na'],
  ];
  for (const [line, value] of rows) it(JSON.stringify(line), () => assert.equal(firstValue(line), value));
});

describe('what the ini package reads back is what was scanned', () => {
  const hostile = [
    '__proto__',
    'constructor',
    'a[]',
    'true',
    'null',
    '"',
    "'",
    'a.b',
    '\\',
    '[x]',
    'é',
    '\u2028',
    '=',
    ';',
    '#',
    '0',
  ];
  const word = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'grapheme', maxLength: 8 }));
  const line = fc.oneof(
    word.map((name) => `[${name}]`),
    fc.tuple(word, fc.constantFrom('=', ':', ' = '), word).map((parts) => parts.join('')),
    word.map((text) => `  ${text}`),
  );
  it('for any file', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const text = `[first]\n${lines.join('\n')}`;
        const { sections, bad, headless } = scanIni(text);
        assert.deepEqual(parseIni(text), { sections, bad, headless });
      }),
      { numRuns: 300 },
    );
  });
});

it('each option knows its line', () => {
  const [first, second] = parseIni('[a]\n\nx=1\n  more\ny=2\n[a]\nx=3\n').sections;
  assert.deepEqual([first?.line, second?.line], [1, 6]);
  assert.deepEqual(
    first?.options.map(({ key, line }) => [key, line]),
    [
      ['x', 3],
      ['y', 5],
    ],
  );
});

it('hostile files take linear time', () => {
  const size = 200_000;
  for (const text of [
    `[s]\nk=${'a;'.repeat(size)}`,
    `[s]\nk=${' '.repeat(size)}x`,
    `[s]\nk=1\n${'\n'.repeat(size)}x=1`,
    `[s]\nk=1${'\n 2'.repeat(size)}`,
    `[s${']'.repeat(size)}\n`,
    `[s]\n${'='.repeat(size)}`,
  ]) {
    const start = process.cpuUsage().user;
    parseIni(text);
    // Quadratic work on these takes minutes, not a second.
    assert.ok(process.cpuUsage().user - start < 3_000_000, text.slice(0, 12));
  }
});
