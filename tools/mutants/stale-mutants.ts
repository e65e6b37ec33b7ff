import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { seededBugs as streamsBugs } from "../../conformance/src/streams-bad-days/bugs/seeded-bugs.ts";
import { seededBugs } from "../bad-days/bugs/seeded-bugs.ts";
import { root } from "../workspaces.ts";
import { mutants } from "./table.ts";

/** What is wrong with mutants, and with the bugs of bad days, whose text does not stand in its file exactly once: their rule is not tried any more. */
export function staleMutants(): string[] {
  const faults = [...mutants, ...[...seededBugs, ...streamsBugs].map(({ file, find, breaks }) => ({ file, find, rule: breaks }))];
  return faults.flatMap(({ file, find, rule }) => {
    const path = join(root, file);
    const count = existsSync(path) ? readFileSync(path, "utf8").split(find).length - 1 : 0;
    return count === 1 ? [] : [`${file}: the text of the mutant "${rule}" stands there ${count} times; it must be once.`];
  });
}
