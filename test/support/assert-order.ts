import assert from 'node:assert/strict';

/** Each text is found after the one before. */
export function assertOrder(output: string, texts: readonly string[]): void {
  let from = 0;
  for (const text of texts) {
    const at = output.indexOf(text, from);
    assert.ok(at >= 0, `${JSON.stringify(text)} is not where it belongs in\n${output}`);
    from = at + text.length;
  }
}
