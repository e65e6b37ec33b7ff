import type { ConfigDefinition } from "./config-definition.ts";

/** The setting that a message names first, of those that begin there the longest. A class is named by what is wrong with everything. */
export function nameSaidIn(message: string, known: readonly ConfigDefinition[]): string | undefined {
  let first: { readonly name: string; readonly at: number } | undefined;
  for (const { key } of known) {
    const at = placeOf(key.name, message);
    if (at < 0 || key.name === "connector.class") continue;
    if (first === undefined || at < first.at || (at === first.at && key.name.length > first.name.length)) first = { name: key.name, at };
  }
  return first?.name;
}

/** Where a name stands by itself; below 0: nowhere. Names of one word are words of sentences, too: they count where they begin one, or stand before a sign. */
function placeOf(name: string, message: string): number {
  for (let at = message.indexOf(name); at >= 0; at = message.indexOf(name, at + 1)) {
    const [before, behind, next] = [message[at - 1] ?? " ", message[at + name.length] ?? " ", message[at + name.length + 1] ?? " "];
    const isWhole = !/[\w.-]/.test(before) && !/[\w-]/.test(behind) && !(behind === "." && /\w/.test(next));
    if (isWhole && (name.includes(".") || at === 0 || /[=:]/.test(behind))) return at;
  }
  return -1;
}
