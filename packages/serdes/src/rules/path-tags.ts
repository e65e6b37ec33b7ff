import type { SchemaMetadata } from "../schema-types.ts";

/** Longer ones name no field. */
const PATTERN_CHARS_MAX = 1_000;

/** The tags that the metadata of a contract gives to a field: `**.ssn`, `shop.User.*`. */
export function pathTags(metadata: SchemaMetadata | undefined): (fullName: string) => readonly string[] {
  const patterns = Object.entries(metadata?.tags ?? {}).filter(([pattern]) => pattern.length <= PATTERN_CHARS_MAX);
  return (fullName) => patterns.flatMap(([pattern, tags]) => (matches(pattern, fullName) ? tags : []));
}

/** `?` is a character and `*` any number of them within a step, `**` any number of steps. In time of both lengths' product, whatever the pattern. */
function matches(pattern: string, name: string): boolean {
  const tokens = pattern.match(/\*\*|\\.|[^]/g) ?? [];
  let reached = new Uint8Array(name.length + 1);
  reached[0] = 1;
  for (const token of tokens) {
    const next = new Uint8Array(name.length + 1);
    const literal = token.length === 2 && token[0] === "\\" ? token[1] : token;
    for (let at = 0; at <= name.length; at++) {
      const before = at > 0 ? name[at - 1] : undefined;
      if (token === "**") next[at] = reached[at] || (at > 0 && next[at - 1]) ? 1 : 0;
      else if (token === "*") next[at] = reached[at] || (before !== undefined && before !== "." && next[at - 1]) ? 1 : 0;
      else if (before !== undefined && reached[at - 1] === 1) next[at] = (token === "?" ? before !== "." : before === literal) ? 1 : 0;
    }
    reached = next;
  }
  return reached[name.length] === 1;
}
