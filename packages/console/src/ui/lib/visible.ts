/** What ends a line, what nobody sees, and what turns the order of a text around: controls, separators, marks and overrides of direction, spaces of no width, halves of characters. */
const UNSEEN = /[\p{Cc}\p{Cs}\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** A name or a command as it can be told from others: what nobody sees in it stands as `\u202e`. Scripts and emoji of all kinds stay. `keepsLines`: line ends and tabs stay as well. */
export function visible(text: string, keepsLines = false): string {
  return text.replaceAll(UNSEEN, (sign) =>
    keepsLines && (sign === "\n" || sign === "\t") ? sign : `\\u${sign.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}
