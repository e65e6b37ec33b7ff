/** Neither quotes nor backslashes, and nothing that has an escape. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;
const ESCAPED_IN_JAVA = /[\u0000-\u001f\ud800-\udfff]/;
const ESCAPES = /\\\\|\\u[0-9a-f]{4}|[\ud800-\udfff]/g;

/** Whether a text stands in JSON as it is. */
export function isPlain(value: string): boolean {
  return PLAIN.test(value);
}

/** A text as Java's JSON has it, byte for byte, since equal keys must be equal bytes: what is beyond 16 bits is two escapes, and escapes have capital digits. */
export function textOf(value: string): string {
  if (isPlain(value)) return `"${value}"`;
  const text = JSON.stringify(value);
  return ESCAPED_IN_JAVA.test(value) ? text.replace(ESCAPES, escape) : text;
}

/** Two backslashes are one that stands for itself, and no escape begins behind it. */
function escape(found: string): string {
  if (found === "\\\\") return found;
  return `\\u${(found.length > 1 ? found.slice(2) : found.charCodeAt(0).toString(16)).toUpperCase()}`;
}
