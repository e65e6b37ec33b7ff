import type { SecretMask } from "../secrets/secret-mask.ts";

type Write = (piece: string | Uint8Array, ...rest: unknown[]) => boolean;

/** Hides secrets in all that code on this thread prints. What is printed in pieces is looked at piece by piece. */
export function maskPrinting(mask: () => SecretMask): void {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as Write;
    const masked: Write = (piece, ...rest) => {
      const text = typeof piece === "string" ? piece : Buffer.from(piece).toString();
      const said = mask().text(text);
      return write(said === text ? piece : said, ...rest);
    };
    stream.write = masked;
  }
}
