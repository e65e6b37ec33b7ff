import { type Skeleton, words } from "./skeleton.ts";

/** A source that reads lines of a file by their numbers: something to put one's own in the place of. */
export function sourceSkeleton(name: string): Skeleton {
  const { variable } = words(name);
  return {
    plugin: pluginText(name),
    test: testText(name, variable),
    next: [`ottla connect run connectors/${name}.ts --dry --set file=lines.txt --set topic=${name} -n 3`],
  };
}

function pluginText(name: string): string {
  return `import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { ConnectError, defineSource, int, plain, str } from "@ottla/connect";

// Reads the lines of a file, and those that come. Put your own system in the file's place.
export default defineSource({
  name: "${name}",
  version: "0.1.0",
  doc: "Lines of a file, each a record.",
  // A restart behind any offset brings nothing twice and loses nothing: tasks may write in transactions.
  exactlyOnce: true,
  config: {
    file: str().doc("The file whose lines are read."),
    topic: str().doc("The topic to write to."),
    "poll.ms": int().default(1000).range(1).doc("The pause where nothing is new, in ms."),
  },
  // Asked before anything is made: "ottla connect validate" shows it.
  async check({ file }) {
    try {
      await linesOf(file);
      return [];
    } catch (error) {
      return [{ severity: "error", key: "file", message: (error as Error).message }];
    }
  },
  // Nobody pulls faster than records can be written, and that is all there is to back-pressure.
  async *read({ file, topic, "poll.ms": pollMs }, { offsets, signal }) {
    const partition = { file };
    let at = Number((await offsets.get(partition))?.["line"] ?? 0);
    while (!signal.aborted) {
      const lines = await linesOf(file);
      for (; at < lines.length && !signal.aborted; )
        yield {
          topic,
          key: String(at),
          keySchema: plain("string"),
          value: lines[at++],
          valueSchema: plain("string"),
          partition,
          // Where reading goes on behind this record.
          offset: { line: at },
        };
      await pause(pollMs, undefined, { signal }).catch(() => {});
    }
  },
});

/** Whole lines. What may work later would be a RetriableError: the worker comes again. */
async function linesOf(file: string): Promise<readonly string[]> {
  try {
    return (await readFile(file, "utf8")).split("\\n").slice(0, -1);
  } catch (cause) {
    throw new ConnectError("CONNECT_SOURCE", \`\${file} cannot be read; see that file names one that is there.\`, { cause });
  }
}
`;
}

function testText(name: string, variable: string): string {
  return `import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sourceChecks } from "@ottla/connect/testing";
import ${variable} from "./${name}.ts";

/** A file with as many lines as one wants. */
async function makeStage() {
  const folder = await mkdtemp(join(tmpdir(), "${name}-"));
  const file = join(folder, "lines.txt");
  await writeFile(file, "");
  let count = 0;
  return {
    properties: { file, topic: "${name}", "poll.ms": "20" },
    async add(added: number) {
      const names = Array.from({ length: added }, () => String(count++));
      await appendFile(file, names.map((line) => \`\${line}\\n\`).join(""));
      return names;
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true });
    },
  };
}

const checks = sourceChecks({
  plugin: ${variable},
  makeStage,
  identityOf: ({ value }) => value as string,
  unusable: { file: "/nowhere/lines.txt", topic: "${name}" },
  quietMs: 100,
});
for (const { name, run } of checks) test(name, run);
`;
}
