import { readFileSync } from "node:fs";
import { runStreamsProgram } from "../kafka/java-tool.ts";
import { repositoryRoot } from "../paths.ts";

type MethodsByClass = Readonly<Record<string, readonly string[]>>;

/** How the page of Java's DSL methods (`docs/streams-dsl.md`, held by a test against the file that is read here) differs from what is in Kafka's jars: a sentence for each class. */
export async function dslMethodsThatDiffer(): Promise<string[]> {
  const file = `${repositoryRoot}packages/streams/test/java-streams-methods.json`;
  const { classes } = JSON.parse(readFileSync(file, "utf8")) as { readonly classes: MethodsByClass };
  const { status, stdout, stderr } = await runStreamsProgram("DslMethods", Object.keys(classes));
  if (status !== 0) throw new Error(`Java could not tell the methods of the DSL: ${stderr.trim().slice(-1000)}`);
  const inJars = JSON.parse(stdout) as MethodsByClass;
  return Object.entries(classes).flatMap(([name, listed]) => {
    const declared = inJars[name] ?? [];
    const missing = declared.filter((method) => !listed.includes(method));
    const gone = listed.filter((method) => !declared.includes(method));
    return missing.length + gone.length === 0
      ? []
      : [`${name}: not on the page: ${missing.join(", ")}; not in the jars: ${gone.join(", ")}`];
  });
}
