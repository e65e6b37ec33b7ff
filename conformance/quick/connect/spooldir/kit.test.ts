// What every author's connector is checked by, on the folder sources: each of their formats.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { sourceChecks, type SourceSubject } from "@ottla/connect/testing";
import { builtinPlugins } from "@ottla/connect/worker";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../../src/process/temporary-folder.ts";

interface Form {
  /** Files of so many things, from number `from` on. */
  files(from: number, count: number): readonly string[];
  identityOf(value: unknown): string;
}

const numbers = (from: number, count: number): readonly number[] => Array.from({ length: count }, (_, at) => from + at);
const textOf = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString() : String(value));

const FORMS: Readonly<Record<string, Form>> = {
  "spooldir-lines": { files: (from, count) => [numbers(from, count).join("\n")], identityOf: textOf },
  "spooldir-csv": {
    files: (from, count) => [["n,text", ...numbers(from, count).map((n) => `${n},"a ""b"", c"`)].join("\r\n")],
    identityOf: (value) => String((value as { readonly n: unknown }).n),
  },
  "spooldir-json": {
    files: (from, count) => [
      numbers(from, count)
        .map((n) => JSON.stringify({ n }))
        .join("\n"),
    ],
    identityOf: (value) => String(((typeof value === "string" ? JSON.parse(value) : value) as { readonly n: unknown }).n),
  },
  "spooldir-binary": { files: (from, count) => numbers(from, count).map(String), identityOf: textOf },
};

for (const [name, { files, identityOf }] of Object.entries(FORMS)) {
  const plugin = await builtinPlugins.find((each) => each.kind === "source" && each.name === name)?.load();
  for (const check of sourceChecks({
    plugin: plugin as SourceSubject["plugin"],
    async makeStage() {
      const folder = makeTemporaryFolder(name);
      for (const each of ["in", "done", "made"]) mkdirSync(`${folder}/${each}`);
      let count = 0;
      let file = 0;
      return {
        properties: {
          topic: "things",
          "input.path": `${folder}/in`,
          "input.file.pattern": ".*\\.txt",
          "finished.path": `${folder}/done`,
          "empty.poll.wait.ms": "20",
        },
        async add(more) {
          const from = count + 1;
          count += more;
          for (const text of files(from, more)) {
            const made = `${String(++file).padStart(6, "0")}.txt`;
            writeFileSync(`${folder}/made/${made}`, text);
            renameSync(`${folder}/made/${made}`, `${folder}/in/${made}`);
          }
          return numbers(from, more).map(String);
        },
        async [Symbol.asyncDispose]() {
          removeTemporaryFolder(folder);
        },
      };
    },
    identityOf: ({ value }) => identityOf(value),
    unusable: { topic: "things", "input.path": "/nobody/has/this", "input.file.pattern": ".*", "cleanup.policy": "DELETE" },
    quietMs: 200,
    tasksMax: 1,
  }))
    test(check.name, check.run);
}
