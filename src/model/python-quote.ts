const NAMED_ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeCharacter(character: string): string {
  const named = NAMED_ESCAPES[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

/** Text as Supervisor's messages quote it. Source: Python repr(str). */
export function pythonQuote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[\p{C}\p{Z}\\]/gu, (found) => (found === ' ' ? found : escapeCharacter(found)));
  return mark + (mark === "'" ? body.replaceAll("'", "\\'") : body) + mark;
}

/** Bytes as Supervisor's messages quote them. Source: Python repr(bytes). */
export function pythonQuoteBytes(data: Uint8Array): string {
  const text = Buffer.from(data).toString('latin1');
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[^ -~]|\\/g, escapeCharacter);
  return `b${mark}${mark === "'" ? body.replaceAll("'", "\\'") : body}${mark}`;
}
