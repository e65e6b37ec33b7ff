type Write = (piece: string | Uint8Array, ...rest: unknown[]) => boolean;

/** Lets all that code on this thread prints be changed on its way to standard output and error. What is printed in pieces is changed piece by piece. */
export function changePrinting(change: (text: string) => string): void {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as Write;
    const changed: Write = (piece, ...rest) => {
      const text = typeof piece === "string" ? piece : Buffer.from(piece).toString();
      const said = change(text);
      return write(said === text ? piece : said, ...rest);
    };
    stream.write = changed;
  }
}
