const NAMED: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0", "\\": "\\" };

/** Text from a command line with `\n`, `\t`, `\r`, `\0`, `\\` and `\xHH` made what they stand for. */
export function unescapeText(text: string): string {
  return text.replaceAll(/\\(?:x([0-9a-fA-F]{2})|([ntr0\\]))/g, (_, hex: string | undefined, name: string) =>
    hex === undefined ? NAMED[name]! : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
