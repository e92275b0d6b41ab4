import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readyProbe } from '../../src/config/probe-types.ts';
import { isPolled, renderProbe } from '../../src/model/probe-spec.ts';

describe('a probe is written as it is read', () => {
  const rows: readonly (readonly [text: string, polled: boolean])[] = [
    ['http://127.0.0.1:8080/ready?x=1', true],
    ['https://a.example/', true],
    ['tcp://localhost:80', true],
    ['tcp://[::1]:80', true],
    ['exec:test -e "/tmp/a b"', true],
    ['notify', false],
    ['fd:3', false],
    ['log:ready to .* connections', false],
  ];
  for (const [text, polled] of rows) {
    it(text, () => {
      const probe = readyProbe.parse(text);
      assert.equal(renderProbe(probe), text);
      assert.equal(isPolled(probe), polled);
    });
  }
});
