import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { InitvisorError } from '../../src/model/errors.ts';
import { decodeCall, decodeResponse, MAX_CALL_BYTES } from '../../src/xmlrpc/decode.ts';
import { encodeCall, encodeFault, encodeResponse } from '../../src/xmlrpc/encode.ts';
import type { MethodCall, XmlRpcValue } from '../../src/xmlrpc/value.ts';

const decode = (text: string): MethodCall => decodeCall(Buffer.from(text));
/** A call of `m` whose only parameter is this `<value>`'s content. */
const withValue = (content: string): string =>
  `<methodCall><methodName>m</methodName><params><param><value>${content}</value></param></params></methodCall>`;
/** A comment makes the message one that only the full reader takes. */
const fully = (text: string): string => `<!-- -->${text}`;
const deep = (levels: number): string =>
  `${'<array><data><value>'.repeat(levels)}x${'</value></data></array>'.repeat(levels)}`;

const MALFORMED = (error: unknown): boolean => error instanceof InitvisorError && error.code === 'MALFORMED_XMLRPC';

/** Structs without a prototype compare as plain ones here. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a value', () => {
  const rows: readonly [content: string, value: XmlRpcValue][] = [
    ['<int>5</int>', 5],
    ['<i4> -5\n</i4>', -5],
    ['<int>+5</int>', 5],
    ['<i8>9007199254740991</i8>', 9007199254740991],
    ['<int>3000000000</int>', 3_000_000_000],
    ['<boolean>1</boolean>', true],
    ['<boolean>0</boolean>', false],
    ['<double>-1.5e3</double>', -1500],
    ['<double>.5</double>', 0.5],
    ['<string> a b </string>', ' a b '],
    ['<string/>', ''],
    ['', ''],
    [' a ', ' a '],
    ['\n<string>a</string>\n', 'a'],
    ['<string>&lt;&amp;&gt;&#65;&#x1F600;</string>', '<&>A😀'],
    ['<string>é😀</string>', 'é😀'],
    ['<string>a<![CDATA[<b>&amp;]]>c</string>', 'a<b>&amp;c'],
    ['<string>a<!-- no -->b</string>', 'ab'],
    ['<string>a\r\nb\rc</string>', 'a\nb\nc'],
    ['<base64>aMOp\nIQ==</base64>', 'hé!'],
    ['<dateTime.iso8601>20261121T01:02:03</dateTime.iso8601>', '20261121T01:02:03'],
    ['<array><data/></array>', []],
    ['<array><data><value>a</value> <value><int>1</int></value></data></array>', ['a', 1]],
    ['<struct></struct>', {}],
    ['<struct><member><name>a</name><value>b</value></member></struct>', { a: 'b' }],
    ['<struct><member><name>hasOwnProperty</name><value>b</value></member></struct>', { hasOwnProperty: 'b' }],
    [deep(20), JSON.parse(`${'['.repeat(20)}"x"${']'.repeat(20)}`)],
  ];
  for (const [content, value] of rows) {
    it(`${content.slice(0, 60)} is ${JSON.stringify(value).slice(0, 40)}, read either way`, () => {
      assert.deepEqual(plain(decode(withValue(content)).params), plain([value]));
      assert.deepEqual(plain(decode(fully(withValue(content))).params), plain([value]));
    });
  }

  it('that is a struct has no prototype, whatever its members are called', () => {
    const [struct] = decode(
      withValue('<struct><member><name>__proto__</name><value><struct/></value></member></struct>'),
    ).params;
    assert.ok(typeof struct === 'object');
    assert.equal(Object.getPrototypeOf(struct), null);
    assert.deepEqual(Object.keys(struct), ['__proto__']);
  });

  const wrong = [
    ['<nil/>', 'nil'],
    ['<ex:nil/>', 'nil of a namespace'],
    ['<float>1</float>', 'an unknown type'],
    ['<int></int>', 'an empty int'],
    ['<int>1.5</int>', 'a fraction as int'],
    ['<int>1e3</int>', 'an exponent in an int'],
    ['<int>0x10</int>', 'a hexadecimal int'],
    ['<int>9007199254740993</int>', 'an int that cannot be held'],
    [`<int>${'9'.repeat(100_000)}</int>`, 'a huge int'],
    ['<double>nan</double>', 'not a number'],
    ['<double>1e999</double>', 'an infinite double'],
    ['<boolean>true</boolean>', 'a boolean in words'],
    ['<base64>a</base64>', 'cut base64'],
    ['<base64>/w==</base64>', 'base64 of bytes that are no text'],
    ['<dateTime.iso8601>now</dateTime.iso8601>', 'no date'],
    ['<int>1</int><int>2</int>', 'two types'],
    ['a<int>1</int>', 'text beside a type'],
    ['<int><b/>1</int>', 'an element in an int'],
    ['<array></array>', 'an array without data'],
    ['<array><data>x</data></array>', 'text in an array'],
    ['<array><data><int>1</int></data></array>', 'an element of an array that is no value'],
    ['<struct><member><name>a</name></member></struct>', 'a member without a value'],
    ['<struct><member><value>a</value><name>a</name></member></struct>', 'a member the wrong way round'],
    [
      '<struct><member><name>a</name><value>1</value></member><member><name>a</name><value>2</value></member></struct>',
      'two members of one name',
    ],
    ['<string>&nbsp;</string>', 'an entity that XML does not know'],
    ['<string>&#0;</string>', 'a reference to no character'],
    ['<string>\u0001</string>', 'a control character'],
    ['<string>a]]>b</string>', 'the end of a CDATA section in text'],
    [deep(40), 'arrays beyond any use'],
    [deep(15_000), 'arrays without end'],
  ] as const;
  for (const [content, what] of wrong) {
    it(`is refused: ${what}`, () => {
      assert.throws(() => decode(withValue(content)), MALFORMED);
      assert.throws(() => decode(fully(withValue(content))), MALFORMED);
    });
  }
});

describe('a call', () => {
  const rows: readonly [text: string, method: string, params: readonly XmlRpcValue[]][] = [
    ['<methodCall><methodName>a.b</methodName></methodCall>', 'a.b', []],
    ['<methodCall><methodName>a.b</methodName><params/></methodCall>', 'a.b', []],
    ['<?xml version="1.0"?>\n<methodCall>\n<methodName>a</methodName>\n<params>\n</params>\n</methodCall>\n', 'a', []],
    ['<?xml version="1.0" encoding="utf-8"?><methodCall><methodName>a</methodName></methodCall>', 'a', []],
    ['<?xml version="1.0" encoding="iso-8859-1"?><methodCall><methodName>é</methodName></methodCall>', 'é', []],
    ['\ufeff<methodCall><methodName>a</methodName></methodCall>', 'a', []],
    ['<methodCall><methodName></methodName></methodCall>', '', []],
    ['<methodCall><params></params></methodCall>', '', []],
    ['<methodCall xmlns:ex="x"><methodName>a</methodName></methodCall>', 'a', []],
    [encodeCall('a.b', ['x&y', 1, true, [1], { k: 'v' }]), 'a.b', ['x&y', 1, true, [1], { k: 'v' }]],
  ];
  for (const [text, method, params] of rows) {
    it(`is read: ${JSON.stringify(text).slice(0, 90)}`, () => {
      assert.deepEqual(plain(decode(text)), plain({ method, params }));
    });
  }

  const bomb = `<!DOCTYPE a [<!ENTITY a "${'x'.repeat(1000)}"><!ENTITY b "${'&a;'.repeat(1000)}">]>`;
  const call = '<methodCall><methodName>a</methodName></methodCall>';
  const wrong: readonly [body: string | Buffer, what: string][] = [
    ['', 'nothing'],
    ['{"jsonrpc":"2.0"}', 'JSON'],
    [`${bomb}<methodCall><methodName>&b;</methodName></methodCall>`, 'an entity bomb'],
    [`<!DOCTYPE a SYSTEM "file:///etc/passwd">${call}`, 'a DTD'],
    [`${call}${call}`, 'two calls'],
    [`${call}x`, 'text after it'],
    [call.slice(0, -1), 'a cut end'],
    [` <?xml version="1.0"?>${call}`, 'a declaration that is not first'],
    [`<?xml version="1.0'?>${call}`, 'a declaration whose quotes differ'],
    [call.replaceAll('methodCall', 'methodcall'), 'another root'],
    ['<methodCall><methodName>a</methodName><methodName>b</methodName></methodCall>', 'two names'],
    ['<methodCall><methodName>a</methodName><params/><params/></methodCall>', 'two lists of parameters'],
    ['<methodCall><methodName>a</methodName><x/></methodCall>', 'an element of another kind'],
    ['<methodCall><methodName>a</methodName><params><value/></params></methodCall>', 'a value that is no parameter'],
    [Buffer.from(call, 'utf16le'), 'UTF-16'],
    [Buffer.from(withValue('é'), 'latin1'), 'Latin-1'],
    [withValue('x'.repeat(MAX_CALL_BYTES)), 'more than is taken'],
  ];
  for (const [body, what] of wrong) {
    it(`is refused: ${what}`, () => assert.throws(() => decodeCall(Buffer.from(body)), MALFORMED));
  }
});

describe('a response', () => {
  it('is read back as it was written', () => {
    const value = { a: [1, 'x', true], b: {} };
    assert.deepEqual(plain(decodeResponse(Buffer.from(encodeResponse(value)))), { kind: 'value', value });
    const fault = { kind: 'fault', code: 10, text: 'BAD_NAME: <x>' };
    assert.deepEqual(decodeResponse(Buffer.from(encodeFault(10, 'BAD_NAME: <x>'))), fault);
  });

  it('is refused when it is neither a value nor a fault', () => {
    for (const content of ['', '<x/>', '<params/>', '<fault><value>1</value></fault>'])
      assert.throws(() => decodeResponse(Buffer.from(`<methodResponse>${content}</methodResponse>`)), MALFORMED);
  });
});

describe('whatever is sent', () => {
  const pieces = fc.constantFrom(
    ...['<methodCall>', '</methodCall>', '<methodName>', '</methodName>', '<params>', '</params>', '<param>'],
    ...['</param>', '<value>', '</value>', '<int>', '</int>', '<struct>', '</struct>', '<member>', '</member>'],
    ...['<name>', '</name>', '<array>', '</array>', '<data>', '</data>', '<![CDATA[', ']]>', '<!--', '-->', '&amp;'],
    ...['<?xml version="1.0"?>', '&x;', '1', 'a', ' ', '\r', '\u0000', '<', '>', '&', '"', '<!DOCTYPE x>', '\ufeff'],
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
    fc.array(pieces, { maxLength: 60 }).map((parts) => Buffer.from(parts.join(''))),
    fc
      .tuple(fc.nat(), fc.nat(255), fc.constant(encodeCall('a.b', ['x&y', 1, true, [1, { k: 'v' }]])))
      .map(([at, byte, text]) => {
        const body = Buffer.from(text);
        body[at % body.length] = byte;
        return body;
      }),
  );

  it('is a call, or the one error that says it is none', () => {
    fc.assert(
      fc.property(bytes, (body) => {
        try {
          assert.equal(typeof decodeCall(body).method, 'string');
        } catch (error) {
          assert.ok(MALFORMED(error), String(error));
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('is read alike by the short way and the long one', () => {
    const scalar = fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.array(scalar, { maxLength: 4 }), (params) => {
        const text = encodeCall('a.b', params);
        const long = text.replace('<methodCall>', '<methodCall ><!-- -->');
        assert.deepEqual(decode(text), decode(long));
      }),
      { numRuns: 1000 },
    );
  });

  const hostile: readonly [what: string, text: string][] = [
    ['line ends', withValue(`<string>${'\r'.repeat(900_000)}</string>`)],
    ['references', withValue('&amp;'.repeat(200_000))],
    ['comments', withValue('<!---->'.repeat(140_000))],
    ['attributes', `<methodCall ${Array.from({ length: 50_000 }, (_, at) => `a${at}="1"`).join(' ')}/>`],
    ['blank', `<methodCall>${' '.repeat(1_000_000)}`],
    ['brackets', '<'.repeat(1_000_000)],
    ['empty sections', withValue('<![CDATA[]]>'.repeat(80_000))],
    ['parameters', `<methodCall><methodName>a</methodName><params>${'<param><value/></param>'.repeat(40_000)}`],
    ['a long name', `<methodCall><methodName>${'a'.repeat(1_000_000)}`],
  ];
  for (const [what, text] of hostile) {
    it(`takes time in proportion to its length: ${what}`, () => {
      const begin = process.cpuUsage();
      try {
        decode(text);
      } catch (error) {
        assert.ok(MALFORMED(error), String(error));
      }
      const { user, system } = process.cpuUsage(begin);
      // Far above what a megabyte takes, far below anything quadratic.
      assert.ok(user + system < 3_000_000, `${user + system} us`);
    });
  }
});
