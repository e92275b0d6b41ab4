import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { encodeCall, encodeFault, encodeResponse, encodeResponseBytes } from '../../src/xmlrpc/encode.ts';
import type { XmlRpcValue } from '../../src/xmlrpc/value.ts';
import { missing } from '../support/requirements.ts';

/** The content of the only parameter of a response. */
function contentOf(value: XmlRpcValue): string {
  const match =
    /^<\?xml version='1\.0'\?>\n<methodResponse>\n<params>\n<param>\n<value>([\s\S]*)<\/value>\n<\/param>\n/.exec(
      encodeResponse(value),
    );
  return match?.[1] ?? '';
}

describe('an encoded value', () => {
  const rows: readonly [value: XmlRpcValue, content: string, why: string][] = [
    [1, '<int>1</int>', 'an int'],
    [-0, '<int>0</int>', 'a zero has no sign'],
    [2147483648, '<int>2147483648</int>', 'an int beyond 32 bits stays an int'],
    [1.5, '<double>1.5</double>', 'a double'],
    [2 ** 60, '<double>1152921504606847000</double>', 'a number beyond what is exact'],
    [true, '<boolean>1</boolean>', 'a boolean'],
    ['', '<string></string>', 'an empty string'],
    ['<&>"\'', '<string>&lt;&amp;&gt;"\'</string>', 'markup'],
    ['a\tb\r\nc', '<string>a\tb\r\nc</string>', 'blank is left alone'],
    ['\x1b[31mred\x00', '<string>\ufffd[31mred\ufffd</string>', 'controls that XML forbids'],
    ['\x7f\x85', '<string>\x7f\x85</string>', 'controls that XML allows'],
    ['a\ud800b\uffff', '<string>a\ufffdb\ufffd</string>', 'half characters and non-characters'],
    ['😀é', '<string>😀é</string>', 'characters beyond ASCII'],
    [[], '<array><data>\n</data></array>', 'an empty array'],
    [{}, '<struct>\n</struct>', 'an empty struct'],
    [
      { 'a<': [1] },
      '<struct>\n<member>\n<name>a&lt;</name>\n<value><array><data>\n<value><int>1</int></value>\n</data></array></value>\n</member>\n</struct>',
      'a struct',
    ],
  ];
  for (const [value, content, why] of rows) it(why, () => assert.equal(contentOf(value), content));

  it('is the same in bytes, however long', () => {
    const long = Array.from({ length: 2000 }, (_, at) => ({ name: `é😀${at}`, at, list: [at, 'x'] }));
    for (const value of ['é', 1, true, {}, [], [1], long, { long }])
      assert.equal(encodeResponseBytes(value).toString(), encodeResponse(value));
  });

  it('cannot be a number that XML-RPC has not', () => {
    assert.throws(() => encodeResponse(Number.NaN), /internal error/);
  });
});

describe('an encoded message', { skip: missing('supervisor') }, () => {
  const program = `
import sys, json, xmlrpc.client as x
for line in sys.stdin:
    kind, value = json.loads(line)
    if kind == 'response': text = x.dumps((value,), methodresponse=True)
    elif kind == 'fault': text = x.dumps(x.Fault(value[0], value[1]))
    else: text = x.dumps(tuple(value), 'a.b')
    print(json.dumps(text))
`;

  it("is Python's, byte for byte", () => {
    const values: readonly XmlRpcValue[] = [1, 'a<&>', true, 1.5, [], {}, [[1], { k: ['v', { z: false }] }], 'é😀\t\n'];
    const cases: readonly [string, unknown, string][] = [
      ...values.map((value): [string, unknown, string] => ['response', value, encodeResponse(value)]),
      ['fault', [10, 'BAD_NAME: <x>'], encodeFault(10, 'BAD_NAME: <x>')],
      ['call', [1, 'x', [true]], encodeCall('a.b', [1, 'x', [true]])],
      ['call', [], encodeCall('a.b', [])],
    ];
    const input = cases.map(([kind, value]) => `${JSON.stringify([kind, value])}\n`).join('');
    const lines = execFileSync('/usr/bin/python3', ['-c', program], { input, encoding: 'utf8' }).trim().split('\n');
    assert.deepEqual(
      lines.map((line): unknown => JSON.parse(line)),
      cases.map(([, , text]) => text),
    );
  });
});
