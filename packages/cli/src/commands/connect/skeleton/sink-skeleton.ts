import { type Skeleton, words } from "./skeleton.ts";

/** A sink that keeps each record in a file named after its place: something to put one's own in the place of. */
export function sinkSkeleton(name: string): Skeleton {
  const { variable } = words(name);
  return {
    plugin: pluginText(name),
    test: testText(name, variable),
    next: [`ottla connect run connectors/${name}.ts --set topics=${name} --set value.converter=string --set folder=out`],
  };
}

function pluginText(name: string): string {
  return `import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConnectError, defineSink, type SinkRecord, str } from "@ottla/connect";

// Keeps each value in a file named after its record's place. Put your own system in the folder's place.
export default defineSink({
  name: "${name}",
  version: "0.1.0",
  doc: "Texts as files, each named after its record.",
  config: {
    folder: str().doc("The folder that files are written to; it is made where it is not there."),
  },
  // Asked before anything is made: "ottla connect validate" shows it.
  async check({ folder }) {
    try {
      await made(folder);
      return [];
    } catch (error) {
      return [{ severity: "error", key: "folder", message: (error as Error).message }];
    }
  },
  // What "ottla connect preview" shows: nothing is written.
  async preview({ folder }) {
    return (record) => \`\${join(folder, nameOf(record))}: \${textOf(record)}\`;
  },
  async open({ folder }) {
    await made(folder);
    return {
      // Throw a RetriableError where the same batch may be written later. What comes again after a crash has the same name, and so is there once.
      async write(records, { reportBad }) {
        for (const record of records) {
          let text: string;
          try {
            text = textOf(record);
          } catch (error) {
            // One bad record, and not its batch: it goes the way that errors.tolerance says.
            reportBad(record, error);
            continue;
          }
          const file = join(folder, nameOf(record));
          await writeFile(\`\${file}.part\`, text);
          await rename(\`\${file}.part\`, file);
        }
      },
    };
  },
});

function nameOf({ originalTopic, originalPartition, originalOffset }: SinkRecord): string {
  return \`\${originalTopic}-\${originalPartition}-\${originalOffset}.txt\`;
}

function textOf({ value }: SinkRecord): string {
  if (typeof value === "string") return value;
  throw new ConnectError("CONNECT_DATA", "The value is no text; value.converter=string hands over texts.");
}

async function made(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new ConnectError("CONNECT_SINK", \`\${folder} cannot be made; see that folder names one that may be.\`, { cause });
  }
}
`;
}

function testText(name: string, variable: string): string {
  return `import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { plain } from "@ottla/connect";
import { sinkChecks } from "@ottla/connect/testing";
import ${variable} from "./${name}.ts";

/** A folder, and what stands in it. */
async function makeStage() {
  const folder = await mkdtemp(join(tmpdir(), "${name}-"));
  return {
    properties: { folder },
    async stored() {
      const names = (await readdir(folder)).filter((file) => file.endsWith(".txt"));
      return Promise.all(names.map(async (file) => Number(await readFile(join(folder, file), "utf8"))));
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true });
    },
  };
}

const checks = sinkChecks({
  plugin: ${variable},
  makeStage,
  recordOf: (number) => ({ key: String(number), keySchema: plain("string"), value: String(number), valueSchema: plain("string") }),
  bad: { key: "bad", value: 7n, valueSchema: plain("int64") },
  unusable: { folder: "/dev/null/nowhere" },
  // What is written again is there once.
  exactlyOnce: true,
});
for (const { name, run } of checks) test(name, run);
`;
}
