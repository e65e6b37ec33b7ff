/**
 * Applications of a hundred times the usual size, each on one broker of ours in a process of its own: what they take of time and memory, and for how long they hold the loop at once (CPU of the loop's thread, so that what
 * else the machine does is not in it).
 *
 *   npm run bench -- streams-sizes [--only nodes,topics,punctuation,keys] [--keys 10000000] [--report]
 */
import { parseArgs } from "node:util";
import { startOttla } from "../../conformance/src/ottla/broker.ts";
import { choose } from "./measure/choose.ts";
import { writeReportSection } from "./measure/report.ts";
import { manyKeys } from "./streams-sizes/many-keys.ts";
import { manyNodes } from "./streams-sizes/many-nodes.ts";
import { manyTopics } from "./streams-sizes/many-topics.ts";
import { punctuatedKeys } from "./streams-sizes/punctuated-keys.ts";
import type { SizesPart } from "./streams-sizes/sizes-part.ts";

const parts: Readonly<Record<string, SizesPart>> = { nodes: manyNodes, topics: manyTopics, punctuation: punctuatedKeys, keys: manyKeys };
const { values } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(parts).join(",") },
    keys: { type: "string", default: "10000000" },
    report: { type: "boolean", default: false },
  },
});
const keys = Number(values.keys);
if (!(keys > 0)) throw new Error(`--keys is a number above 0, not ${values.keys}.`);
const rows: (readonly [string, string])[] = [];
for (const name of choose("only", values.only, Object.keys(parts))) {
  const broker = await startOttla({ isInMemory: name !== "keys" });
  try {
    await parts[name]!({
      bootstrap: broker.bootstrap,
      keys,
      tell(what, figure) {
        rows.push([what, figure]);
        console.log(`${what.padEnd(76)} ${figure}`);
      },
    });
  } finally {
    await broker.stop();
  }
}
if (values.report) {
  writeReportSection({
    id: "streams-sizes",
    title: "Streams of a hundred times the usual size",
    command: `npm run bench -- streams-sizes --only ${values.only} --keys ${keys}`,
    body: ["| measure | figure |", "| --- | --- |", ...rows.map((row) => `| ${row.join(" | ")} |`)].join("\n"),
  });
}
