import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MainLog } from '../../src/logging/main-log.ts';
import { LOG_LEVELS, type LogLevel } from '../../src/model/log-level.ts';
import { FakeNative } from '../support/fake-native.ts';

const LEVELS = Object.keys(LOG_LEVELS) as LogLevel[];

function create() {
  const native = new FakeNative();
  const log = new MainLog(native.asNative(), { wallMs: () => Date.UTC(2026, 10, 21, 1, 20, 30, 7) });
  log.addSink(1);
  return { log, texts: () => native.lines.map(([, text]) => text), native };
}

describe('the main log', () => {
  it('stamps each line with local time to the millisecond and a level of four letters', () => {
    const { log, texts } = create();
    log.setLevel('blather');
    for (const level of LEVELS) log.log(level, 'text');
    const codes = ['CRIT', 'ERRO', 'WARN', 'INFO', 'DEBG', 'TRAC', 'BLAT'];
    assert.deepEqual(
      texts().map((text) => text.slice(24)),
      codes.map((code) => `${code} text\n`),
    );
    for (const text of texts()) assert.match(text, /^2026-11-2[012] \d\d:\d\d:30,007 /);
  });

  for (const [index, level] of LEVELS.entries()) {
    it(`shows at ${level} what weighs as much or more`, () => {
      const { log, texts } = create();
      log.setLevel(level);
      for (const each of LEVELS) log.log(each, each);
      assert.equal(texts().length, index + 1);
      assert.equal(log.isEnabled(level), true);
    });
  }

  it('writes to each sink once, however often it was added, and no more to one that is removed', () => {
    const { log, native } = create();
    log.addSink(1);
    log.addSink(2);
    log.log('info', 'both');
    log.removeSink(2);
    log.log('info', 'one');
    assert.deepEqual(
      native.lines.map(([sink]) => sink),
      [1, 2, 1],
    );
  });
});
