import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseEnvironment } from '../../src/config/environment.ts';
import { expand, type Scope } from '../../src/config/expand.ts';

const SCOPE: Scope = {
  names: { here: '/etc', process_num: 7, cpus: 3 },
  env: [{ HOME: '/root', EMPTY: '', SECRET: 'tops3cret' }, { HOME: '/over' }],
};

describe('a format expands', () => {
  const rows: readonly (readonly [format: string, text: string])[] = [
    ['plain', 'plain'],
    ['100%%', '100%'],
    ['%(here)s/x', '/etc/x'],
    ['%(process_num)03d|%(process_num)-3d|%(process_num)5.2f', '007|7  | 7.00'],
    ['%(here)6s|%(here).2s|%(here)r', "  /etc|/e|'/etc'"],
    ['%(ENV_HOME)s', '/over'],
    ['%(ENV_NONE:-a b)s', 'a b'],
    ['%(ENV_EMPTY:-fallback)s', 'fallback'],
    ['%(ENV_HOME:-fallback)s', '/over'],
    ['%(ENV_NONE:-)s', ''],
    ['%(ENV_NONE:-f(x))s', 'f(x)'],
    ['%(cpus)d', '3'],
  ];
  for (const [format, text] of rows) it(format, () => assert.equal(expand(format, SCOPE, 'k'), text));
});

describe('a format is refused', () => {
  const rows: readonly (readonly [format: string, reason: string])[] = [
    ['%(nope)s', "contains names ('nope') which cannot be expanded. Available names: cpus, here, process_num, ENV_*"],
    ['5%', 'is badly formatted: incomplete format'],
    ['%(here', 'is badly formatted: incomplete format key'],
    ['%é', "is badly formatted: unsupported format character '?' (0xe9) at index 1"],
    ['%s', 'is badly formatted: not enough arguments for format string'],
    ['%r', 'is badly formatted: not enough arguments for format string'],
    ['%(here)s %s', 'is badly formatted: not enough arguments for format string'],
    ['%d', 'is badly formatted: %d format: a real number is required, not dict'],
    ['%(here)d', 'is badly formatted: %d format: a real number is required, not str'],
    ['%(here)999999999s', 'is badly formatted: width too big'],
    [
      '%(toString)s',
      "contains names ('toString') which cannot be expanded. Available names: cpus, here, process_num, ENV_*",
    ],
  ];
  for (const [format, reason] of rows) {
    it(format, () => {
      const refused = (error: unknown) =>
        error instanceof Error && error.message === `Format string '${format}' for 'k' ${reason}`;
      assert.throws(() => expand(format, SCOPE, 'k'), refused);
    });
  }
});

it('no error or value shows the environment', () => {
  for (const format of ['%s', '%r', '%a', '%(x)s', '%5s', '%']) {
    assert.throws(
      () => expand(format, SCOPE, 'k'),
      (error) => !/tops3cret|SECRET/.test(String(error)),
    );
  }
});

describe('environment= is read', () => {
  const rows: readonly (readonly [text: string, variables: Readonly<Record<string, string>>])[] = [
    ['A=1,B="x,y",D=/usr/bin:/bin,E=a-b.c+(d)', { A: '1', B: 'x,y', D: '/usr/bin:/bin', E: 'a-b.c+(d)' }],
    ['A="1",', { A: '1' }],
    ['A=1;B=2', { A: '1', B: '2' }],
    ['A="x#y",B=x#y', { A: 'x#y', B: 'x' }],
    ['A=a\\,b', { A: 'a,b' }],
    ['A="a\\"b\\\\c\\n"', { A: 'a"b\\c\\n' }],
    ["A='a\\b'", { A: 'a\\b' }],
    ['A=x"y"z', { A: 'xyz' }],
    ['A=\'q "z"\'', { A: 'q "z"' }],
    ['"A"=1', { A: '1' }],
    // Only the older grammar takes these
    ["A=it's", { A: "it's" }],
    ['A="C:\\dir\\"', { A: 'C:\\dir\\' }],
    ['A=b\\', { A: 'b' }],
    ['', {}],
  ];
  for (const [text, variables] of rows) it(text, () => assert.deepEqual(parseEnvironment(text), variables));
  const wrong: readonly (readonly [text: string, message: string])[] = [
    ['A=1 B=2', "Unexpected end of key/value pairs in value 'A=1 B=2'"],
    ['A=', "Unexpected end of key/value pairs in value 'A='"],
    ['A="unclosed', 'No closing quotation'],
  ];
  for (const [text, message] of wrong) it(text, () => assert.throws(() => parseEnvironment(text), { message }));
  it('a name that objects have keeps its value', () => {
    assert.deepEqual(Object.entries(parseEnvironment('__proto__=1,constructor=2')), [
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });
});
