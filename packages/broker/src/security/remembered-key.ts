import { createHash } from "node:crypto";

/** Longer texts are remembered by their digest. */
const WHOLE_MAX = 512;

/** A text as the key of something that is remembered: never long, so that a bound on how many are remembered is one on their bytes. */
export function rememberedKey(text: string): string {
  return text.length <= WHOLE_MAX ? text : createHash("sha256").update(text).digest("base64");
}
