import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../workspaces.ts";
import { mutants } from "./table.ts";

/** What is wrong with mutants whose text does not stand in its file exactly once: their rule is not tried any more. */
export function staleMutants(): string[] {
  return mutants.flatMap(({ file, find, rule }) => {
    const path = join(root, file);
    const count = existsSync(path) ? readFileSync(path, "utf8").split(find).length - 1 : 0;
    return count === 1 ? [] : [`${file}: the text of the mutant "${rule}" stands there ${count} times; it must be once.`];
  });
}
