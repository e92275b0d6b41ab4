import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeCall } from '../../src/client/encode-call.ts';
import { MalformedReply, RpcFault } from '../../src/client/errors.ts';
import { parseReply } from '../../src/client/parse-reply.ts';
import type { WireValue } from '../../src/client/wire-value.ts';

function reply(value: string): string {
  return `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n${value}\n</param>\n</params>\n</methodResponse>\n`;
}

const VALUES: readonly (readonly [xml: string, value: WireValue])[] = [
  ['<value><string>plain</string></value>', 'plain'],
  ['<value>without a type</value>', 'without a type'],
  ['<value></value>', ''],
  ['<value/>', ''],
  ['<value><string/></value>', ''],
  ['<value><string>  blanks kept\n</string></value>', '  blanks kept\n'],
  ['<value><string>&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;</string></value>', '<&>"\'A😀'],
  ['<value><string>\u001b[1mansi\u001b[0m</string></value>', '\u001b[1mansi\u001b[0m'],
  ['<value><int>-7</int></value>', -7],
  ['<value>\n <i4>2147483647</i4>\n</value>', 2147483647],
  ['<value><double>1.5</double></value>', 1.5],
  ['<value><boolean>1</boolean></value>', true],
  ['<value><boolean>0</boolean></value>', false],
  ['<value><base64>aGk=</base64></value>', new Uint8Array([104, 105])],
  ['<value><array><data></data></array></value>', []],
  ['<value><array><data/></array></value>', []],
  ['<value><array><data>\n<value><int>1</int></value>\n<value>x</value>\n</data></array></value>', [1, 'x']],
  ['<value><struct></struct></value>', {}],
  [
    '<value><struct>\n<member>\n<name>a</name>\n<value ><int >1</int ></value >\n</member>\n</struct></value>',
    { a: 1 },
  ],
];

const WRONG: readonly string[] = [
  '',
  'no xml',
  '<html></html>',
  reply(''),
  reply('<value>'),
  reply('<value><int>x</int></value>'),
  reply('<value><int></int></value>'),
  reply('<value><boolean>true</boolean></value>'),
  reply('<value><nosuch>1</nosuch></value>'),
  reply('<value><string>&nosuch;</string></value>'),
  reply('<value><string>&#1114112;</string></value>'),
  reply('<value><base64>*</base64></value>'),
  reply('<value><struct><member><value>x</value></member></struct></value>'),
  reply('<value>1</value>').replace('</methodResponse>', ''),
  reply('<value><array><data>'.repeat(100)),
];

describe('a reply', () => {
  for (const [xml, value] of VALUES) {
    it(`is read: ${xml.slice(0, 60)}`, () => assert.deepEqual(parseReply(reply(xml)), value));
  }

  for (const xml of WRONG) {
    it(`is refused: ${xml.slice(60, 130) || JSON.stringify(xml)}`, () =>
      assert.throws(() => parseReply(xml), MalformedReply));
  }

  it('is a fault with its code and text', () => {
    const struct =
      '<struct><member><name>faultCode</name><value><int>10</int></value></member>' +
      '<member><name>faultString</name><value><string>BAD_NAME: x</string></value></member></struct>';
    const xml = `<methodResponse><fault><value>${struct}</value></fault></methodResponse>`;
    assert.throws(
      () => parseReply(xml),
      (error) => error instanceof RpcFault && error.code === 10 && error.faultString === 'BAD_NAME: x',
    );
  });

  it('does not let a member become the prototype', () => {
    const value = parseReply(
      reply('<value><struct><member><name>__proto__</name><value>x</value></member></struct></value>'),
    );
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.deepEqual(Object.keys(value), ['__proto__']);
  });
});

describe('a call', () => {
  it('carries every kind of value', () => {
    const xml = encodeCall('a.b', ['<&>\r', 1, -0, 1.5, true, [false], { k: new Uint8Array([104, 105]) }]);
    for (const part of [
      '<methodName>a.b</methodName>',
      '<string>&lt;&amp;&gt;&#13;</string>',
      '<int>1</int>',
      '<int>0</int>',
      '<double>1.5</double>',
      '<boolean>1</boolean>',
      '<data><value><boolean>0</boolean></value></data>',
      '<member><name>k</name><value><base64>aGk=</base64></value></member>',
    ])
      assert.ok(xml.includes(part), part);
  });

  it('refuses an integer beyond 32 bits', () => {
    assert.throws(() => encodeCall('a.b', [2 ** 31]), RangeError);
  });
});
