const CONTROL = /[\u0000-\u001f]/;
const ESCAPED = /\\u00([01][0-9a-f])/g;

/** A text as Java's JSON has it: control characters in capital digits. */
export function textOf(value: string): string {
  const text = JSON.stringify(value);
  // What was a backslash before is two of them now, so that what is found after one backslash alone is an escape.
  return CONTROL.test(value)
    ? text.replace(/\\\\|\\u00[01][0-9a-f]/g, (found) =>
        found === "\\\\" ? found : found.replace(ESCAPED, (_, digits: string) => `\\u00${digits.toUpperCase()}`),
      )
    : text;
}
