const ESCAPE_SEQUENCES = /\p{Cc}\[[\d;?]*[A-Za-z]/gu;
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/** One line fit for logs and terminals, whatever bytes it was; what is longer is cut. */
export function printable(text: string, maxLength: number): string {
  const clean = text.replaceAll('\t', ' ').replace(ESCAPE_SEQUENCES, '').replace(UNPRINTABLE, '').trim();
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 1)}…`;
}

/** The last line that says anything. */
export function lastLine(output: Buffer, maxLength: number): string {
  const lines = output
    .toString('utf8')
    .split('\n')
    .map((line) => printable(line, maxLength));
  return lines.findLast((line) => line !== '') ?? '';
}
