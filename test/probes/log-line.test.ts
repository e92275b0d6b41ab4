import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLogLineMatcher } from '../../src/probes/log-line.ts';

type Piece = readonly [channel: 'stdout' | 'stderr', text: string | Buffer];

/** After each piece whether there was a match by then. */
function feedAll(pattern: string, pieces: readonly Piece[]): readonly boolean[] {
  const matcher = createLogLineMatcher(pattern);
  return pieces.map(([channel, text]) => matcher.feed(channel, Buffer.from(text)));
}

const out = (text: string | Buffer): Piece => ['stdout', text];
const err = (text: string | Buffer): Piece => ['stderr', text];

describe('a pattern', () => {
  const ROWS: readonly (readonly [
    what: string,
    pattern: string,
    pieces: readonly Piece[],
    matches: readonly boolean[],
  ])[] = [
    ['matches part of a line', 'ready', [out('now ready to serve\n')], [true]],
    ['waits for the end of the line', '^ready$', [out('ready'), out('\n')], [false, true]],
    ['takes a line apart from others', '^b$', [out('a\nb\nc\n')], [true]],
    ['does not reach over lines', 'a.*b', [out('a\nb\n')], [false]],
    ['joins pieces', '^hello world$', [out('hel'), out(''), out('lo wor'), out('ld\nx')], [false, false, false, true]],
    ['takes away a carriage return', '^ready$', [out('ready\r\n')], [true]],
    ['keeps channels apart', '^ab$', [out('a'), err('b\n'), out('b\n')], [false, false, true]],
    ['looks at stderr too', 'ready', [err('ready\n')], [true]],
    ['knows case', 'ready', [out('READY\n')], [false]],
    ['matches empty lines', '^$', [out('x\n'), out('\n')], [false, true]],
    ['stays matched', 'a', [out('a\n'), out('b\n'), err('c\n')], [true, true, true]],
    [
      'joins a character that was cut',
      '^grün$',
      [out(Buffer.from([0x67, 0x72, 0xc3])), out(Buffer.from([0xbc, 0x6e, 0x0a]))],
      [false, true],
    ],
    ['takes bytes that are no text', '^a\ufffd\0b$', [out(Buffer.from([0x61, 0xff, 0x00, 0x62, 0x0a]))], [true]],
  ];
  for (const [what, pattern, pieces, matches] of ROWS) {
    it(what, () => assert.deepEqual(feedAll(pattern, pieces), matches));
  }

  it('looks at the first 64 KiB of a line, and at the next line as at any', () => {
    const filling = 'x'.repeat(65_536 - 1);
    assert.deepEqual(feedAll('!', [out(`${filling}!\n`)]), [true]);
    assert.deepEqual(feedAll('!', [out(`${filling}x!\n`), out('!\n')]), [false, true]);
    const pieces = Array.from({ length: 40 }, () => out('x'.repeat(10_000)));
    assert.deepEqual(feedAll('!', [...pieces, out('!\n'), out('!\n')]).slice(-2), [false, true]);
    assert.deepEqual(feedAll('^x{65536}$', [...pieces, out('\n')]).at(-1), true);
  });

  it('sees every byte by itself', () => {
    const text = `${'noise\n'.repeat(20)}it is ready now\n`;
    const matches = feedAll('^it is ready', [...text].map(out));
    assert.equal(matches.indexOf(true), text.length - 1);
  });

  it('keeps no memory of the caller’s', () => {
    const matcher = createLogLineMatcher('^good$');
    const piece = Buffer.from('goo');
    matcher.feed('stdout', piece);
    piece.fill('x');
    assert.equal(matcher.feed('stdout', Buffer.from('d\n')), true);
  });

  it('is refused when it is none', () => {
    assert.throws(() => createLogLineMatcher('('), SyntaxError);
  });
});

describe('a pattern that takes for ever', () => {
  const SLOW = '^(a+)+$';
  const slowLine = `${'a'.repeat(50)}!\n`;

  it('holds nothing up for long, and finds the lines around', () => {
    assert.deepEqual(feedAll(SLOW, [out(slowLine), out(`${slowLine}aaa\n${slowLine}`)]), [false, true]);
    // An ordinary one on a long line.
    const long = 'x'.repeat(60_000);
    assert.deepEqual(feedAll('.*foo.*bar', [out(`${long}\nfoo bar\n`)]), [true]);
  });

  it('is given up after ten lines, which is told once', () => {
    const reasons: string[] = [];
    const matcher = createLogLineMatcher(SLOW, (reason) => reasons.push(reason));
    for (let count = 0; count < 9; count++) matcher.feed('stdout', Buffer.from(slowLine));
    assert.deepEqual(reasons, []);
    matcher.feed('stderr', Buffer.from(slowLine));
    assert.deepEqual(reasons, ['it takes too long']);
    assert.equal(matcher.feed('stdout', Buffer.from(`aaa\n${slowLine}`)), false);
    assert.deepEqual(reasons, ['it takes too long']);
  });

  it('is given up as well when it is too large to be used', () => {
    const reasons: string[] = [];
    const matcher = createLogLineMatcher('(a)'.repeat(32_767), (reason) => reasons.push(reason));
    // How soon V8 finds that out is its affair.
    for (let count = 0; count < 10; count++) assert.equal(matcher.feed('stdout', Buffer.from('a\n')), false);
    assert.equal(reasons.length, 1);
    assert.match(reasons[0] ?? '', /^(Stack overflow|it takes too long)$/);
  });
});
