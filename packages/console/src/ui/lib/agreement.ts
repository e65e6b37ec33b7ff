import { visible } from "./visible.ts";

/** Whether somebody has typed all of the names, as they are shown, one by one or all of them. */
export function agreesTo(names: readonly string[], typed: string): boolean {
  const words = [typed, ...typed.split(",")].map((word) => word.trim());
  return names.every((name) => words.includes(name.trim()) || words.includes(visible(name).trim()));
}
