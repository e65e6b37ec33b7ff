/**
 * What a terminal acts on, what ends a line, and what makes text be read in another order than it stands in: control characters (C0, DEL, C1), line and
 * paragraph separators, marks, overrides and isolates of direction, and halves of characters.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Foreign text as one line that is safe to show: what is {@link UNPRINTABLE} stands as `\x1b` or `\u202e`; everything else, emoji and scripts of all kinds, stays. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0)!;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** A value as JSON that is safe to show: inside its texts, what {@link printable} escapes is escaped in JSON's way. A big integer is written as text. */
export function printableJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? part.toString() : part), indent) ?? "null";
  return text.replaceAll(UNPRINTABLE, (character) =>
    // The line ends of an indented document stand between its texts, never inside one.
    character === "\n" ? character : `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}
