const BEGIN = Buffer.from('<!--XSUPERVISOR:BEGIN-->');
const END = Buffer.from('<!--XSUPERVISOR:END-->');

/** `text`: outside of the tokens; `captured`: between them; `end`: what was captured is complete. */
export type CaptureSegment = { readonly kind: 'text' | 'captured'; readonly data: Buffer } | { readonly kind: 'end' };

/** Length of the longest beginning of `token` that `data` ends with. */
function partialAtEnd(data: Buffer, token: Buffer): number {
  for (let length = Math.min(token.length - 1, data.length); length > 0; length--) {
    if (data.subarray(data.length - length).equals(token.subarray(0, length))) return length;
  }
  return 0;
}

/**
 * Finds what a program marks as an event, however its output is split; the tokens are dropped.
 * Source: supervisor/dispatchers.py POutputDispatcher.record_output, which loses a short tail at the end.
 */
export class CaptureScanner {
  #capturing = false;
  /** The beginning of a token, perhaps. */
  #held = Buffer.alloc(0);

  push(chunk: Buffer): CaptureSegment[] {
    const segments: CaptureSegment[] = [];
    let data = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    for (;;) {
      const token = this.#capturing ? END : BEGIN;
      const at = data.indexOf(token);
      if (at < 0) break;
      this.#add(segments, data.subarray(0, at));
      if (this.#capturing) segments.push({ kind: 'end' });
      this.#capturing = !this.#capturing;
      data = data.subarray(at + token.length);
    }
    const partial = partialAtEnd(data, this.#capturing ? END : BEGIN);
    this.#add(segments, data.subarray(0, data.length - partial));
    // A copy: the chunk it is part of would stay in memory as long.
    this.#held = Buffer.from(data.subarray(data.length - partial));
    return segments;
  }

  /** What was held back; a capture without an end never becomes an event. */
  end(): CaptureSegment[] {
    const segments: CaptureSegment[] = [];
    this.#add(segments, this.#held);
    this.#held = Buffer.alloc(0);
    return segments;
  }

  #add(segments: CaptureSegment[], data: Buffer): void {
    if (data.length > 0) segments.push({ kind: this.#capturing ? 'captured' : 'text', data });
  }
}
