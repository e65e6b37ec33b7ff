const NAMED: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0", "\\": "\\" };

/** Text from a command line as UTF-8, with `\n`, `\t`, `\r`, `\0`, `\\` made what they stand for, and `\xHH` the byte that it names. */
export function unescapeBytes(text: string): Buffer {
  const pieces = text.split(/(\\(?:x[0-9a-fA-F]{2}|[ntr0\\]))/);
  return Buffer.concat(pieces.map((piece, i) => (i % 2 === 0 ? Buffer.from(piece) : escapedByte(piece))));
}

function escapedByte(escape: string): Buffer {
  return escape[1] === "x" ? Buffer.from(escape.slice(2), "hex") : Buffer.from(NAMED[escape[1]!]!);
}
