/** What is wrong in a `.proto` text, and where; `protobuf-format.ts` alone makes lines and columns of it. */
export class ProtoSyntaxError extends Error {
  override readonly name = "ProtoSyntaxError";
  /** The offset in the text, or -1. */
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** Line and column of an offset, both from 1. */
export function placeOf(text: string, at: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let next = text.indexOf("\n"); next >= 0 && next < at; next = text.indexOf("\n", next + 1)) {
    line++;
    start = next + 1;
  }
  return { line, column: at - start + 1 };
}
