import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OutputTransform, type TransformOptions, transforms } from '../../src/logging/output-transform.ts';

const BEGIN = '<!--XSUPERVISOR:BEGIN-->';
const END = '<!--XSUPERVISOR:END-->';

function run(options: TransformOptions, pieces: readonly Buffer[]) {
  const got = { text: '', output: '', captured: [] as string[] };
  const transform = new OutputTransform(options, {
    onText: (data) => {
      got.text += data.toString('latin1');
    },
    onOutput: (data) => {
      got.output += data.toString('latin1');
    },
    onCaptured: (data) => void got.captured.push(data.toString('latin1')),
  });
  for (const piece of pieces) transform.push(piece);
  transform.end();
  return got;
}

interface Row {
  readonly name: string;
  readonly input: string;
  readonly text: string;
  readonly captured?: readonly string[];
  /** Where it is not the text alone. */
  readonly output?: string;
}

const STRIP: TransformOptions = { stripAnsi: true, captureMaxBytes: 0 };
const CAPTURE: TransformOptions = { stripAnsi: false, captureMaxBytes: 1000 };
const BOTH: TransformOptions = { stripAnsi: true, captureMaxBytes: 1000 };

const ROWS: readonly (Row & { readonly options: TransformOptions })[] = [
  { options: STRIP, name: 'nothing to strip', input: 'plain\n\x00\xff', text: 'plain\n\x00\xff' },
  { options: STRIP, name: 'colours', input: '\x1b[1;31mred\x1b[0m and \x1b[Kon', text: 'red and on' },
  {
    options: STRIP,
    name: 'sequences that upstream does not know',
    input: 'a\x1b[10Gb\x1b[?25hc\x1b[2 qd',
    text: 'abcd',
  },
  { options: STRIP, name: 'other escapes', input: 'a\x1b]0;title\x07b\x1bMc', text: 'a\x1b]0;title\x07b\x1bMc' },
  { options: STRIP, name: 'an escape before a sequence', input: '\x1b\x1b[31mx', text: '\x1bx' },
  { options: STRIP, name: 'a sequence that a newline breaks', input: 'a\x1b[31\nb', text: 'a\nb' },
  { options: STRIP, name: 'an unfinished sequence', input: 'a\x1b[31', text: 'a' },
  { options: STRIP, name: 'a last escape', input: 'a\x1b', text: 'a\x1b' },
  { options: CAPTURE, name: 'no token', input: 'plain', text: 'plain' },
  {
    ...{ options: CAPTURE, name: 'a capture', input: `a${BEGIN}told${END}b` },
    ...{ text: 'ab', captured: ['told'], output: 'atoldb' },
  },
  {
    ...{ options: CAPTURE, name: 'two captures, one empty', input: `${BEGIN}${END}x${BEGIN}2${END}` },
    ...{ text: 'x', captured: ['', '2'], output: 'x2' },
  },
  {
    options: CAPTURE,
    name: 'a partial token at the end',
    input: 'tail <!--XSUPERVISOR:BEG',
    text: 'tail <!--XSUPERVISOR:BEG',
  },
  {
    options: CAPTURE,
    name: 'a token that almost was',
    input: '<!--XSUPERVISOR:<!--XSUPERVISOR:B',
    text: '<!--XSUPERVISOR:<!--XSUPERVISOR:B',
  },
  { options: CAPTURE, name: 'an end without a beginning', input: `a${END}b`, text: `a${END}b` },
  { options: CAPTURE, name: 'a capture without an end', input: `a${BEGIN}lost`, text: 'a', output: 'alost' },
  {
    ...{ options: CAPTURE, name: 'a beginning inside a capture', input: `${BEGIN}a${BEGIN}b${END}c` },
    ...{ text: 'c', captured: [`a${BEGIN}b`], output: `a${BEGIN}bc` },
  },
  {
    ...{ options: BOTH, name: 'colours around and in a capture', input: `\x1b[1ma${BEGIN}\x1b[31mred\x1b[0m${END}b` },
    ...{ text: 'ab', captured: ['red'], output: 'aredb' },
  },
];

describe('what is rewritten', () => {
  for (const { options, name, input, text, captured = [], output = text } of ROWS) {
    const data = Buffer.from(input, 'latin1');
    const expected = { text, output, captured };
    it(`is the same however it is split: ${name}`, () => {
      assert.deepEqual(run(options, [data]), expected);
      assert.deepEqual(
        run(
          options,
          Array.from(data, (byte) => Buffer.from([byte])),
        ),
        expected,
        'byte by byte',
      );
      for (let at = 1; at < data.length; at++) {
        assert.deepEqual(run(options, [data.subarray(0, at), data.subarray(at)]), expected, `split at ${at}`);
      }
    });
  }

  it('leaves alone what needs neither', () => {
    assert.equal(transforms({ stripAnsi: false, captureMaxBytes: 0 }), false);
    for (const options of [STRIP, CAPTURE, BOTH]) assert.equal(transforms(options), true);
  });

  it('forgets what is captured when logs are cleared', () => {
    const captured: string[] = [];
    const ignore = () => undefined;
    const transform = new OutputTransform(CAPTURE, {
      ...{ onText: ignore, onOutput: ignore },
      onCaptured: (data) => void captured.push(data.toString()),
    });
    transform.push(Buffer.from(`${BEGIN}before`));
    transform.clear();
    transform.push(Buffer.from(` after${END}`));
    assert.deepEqual(captured, [' after']);
  });
});
