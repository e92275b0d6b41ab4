import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { decodeText } from '../../src/model/decode-text.ts';
import { pythonQuoteBytes } from '../../src/model/python-quote.ts';
import { missing } from '../support/requirements.ts';

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, index) => index);

describe('bytes as text', () => {
  const rows: readonly [Buffer, string][] = [
    [Buffer.from('zażółć 😀\n'), 'zażółć 😀\n'],
    [Buffer.from('\ufeffx'), '\ufeffx'],
    [Buffer.from([]), ''],
    [Buffer.from([0x61, 0xff, 0x0a]), "Undecodable: b'a\\xff\\n'"],
    [Buffer.from([0xed, 0xa0, 0x80]), "Undecodable: b'\\xed\\xa0\\x80'"],
    [Buffer.from("\xff'", 'latin1'), 'Undecodable: b"\\xff\'"'],
    [Buffer.from('\xff\'"', 'latin1'), "Undecodable: b'\\xff\\'\"'"],
  ];
  for (const [data, text] of rows) {
    it(`${data.toString('hex') || 'nothing'} is ${JSON.stringify(text)}`, () => assert.equal(decodeText(data), text));
  }

  it('are quoted as Python quotes them', { skip: missing('supervisor') }, () => {
    const python = execFileSync('/usr/bin/python3', ['-c', 'print(bytes(range(256)))'], { encoding: 'utf8' });
    assert.equal(`${pythonQuoteBytes(ALL_BYTES)}\n`, python);
  });
});
