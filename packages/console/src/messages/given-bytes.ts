import { z } from "zod";

const encoding = z.enum(["text", "base64"]).default("text");
const NO_BASE64 = { error: "these are no base64 digits" } as const;
/** JSON can have it, UTF-8 cannot: another letter would be written without a word. */
const NO_TEXT = {
  error: "it has half of a letter of two halves (a lone surrogate), which no UTF-8 has: send the bytes as base64",
} as const;

/** Bytes of a key or a value as pages send them: text, base64, or null. */
export const givenPiece = z
  .object({ text: z.string().max(10_000_000).nullable(), encoding })
  .refine(({ text }) => text === null || text.isWellFormed(), NO_TEXT)
  .refine(isBytes, NO_BASE64);

/** A header as pages send it. */
export const givenHeader = z
  .strictObject({ key: z.string().max(1_000), value: z.string().max(1_000_000).nullable(), encoding })
  .refine(({ key, value }) => key.isWellFormed() && (value === null || value.isWellFormed()), NO_TEXT)
  .refine(({ value, encoding: by }) => isBytes({ text: value, encoding: by }), NO_BASE64);

/** The bytes that were given. */
export function bytesGiven({ text, encoding: by }: z.infer<typeof givenPiece>): Buffer | null {
  return text === null ? null : Buffer.from(text, by === "base64" ? "base64" : "utf8");
}

/** A header with the bytes that were given. */
export function headerGiven({ key, value, encoding: by }: z.infer<typeof givenHeader>): {
  readonly key: string;
  readonly value: Buffer | null;
} {
  return { key, value: bytesGiven({ text: value, encoding: by }) };
}

function isBytes({ text, encoding: by }: { readonly text: string | null; readonly encoding: "text" | "base64" }): boolean {
  return by === "text" || text === null || isBase64(text);
}

/** Line ends in between are what mail and tools put there. */
function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text);
}
