import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { runWords } from "../../testing/command-line-fixture.ts";

// Beside the sources, where the library is found.
const folder = mkdtempSync(new URL("modules.tmp-", import.meta.url).pathname);
after(() => rmSync(folder, { recursive: true, force: true }));

const head = `import { serdes, StreamsBuilder } from "@ottla/streams";
const text = { key: serdes.string, value: serdes.string };
const make = () => {
  const b = new StreamsBuilder();
  const [left, right] = [b.stream("left", text), b.stream("right", text)];
  left.merge(right, { name: "both" }).groupByKey().count({ store: "counts" }).toStream({ name: "changes" }).to("out", { name: "write" });
  return b.build();
};
`;

function write(name: string, code: string): string {
  const file = join(folder, name);
  writeFileSync(file, head + code);
  return file;
}

const describeStreams = (...words: readonly string[]) => runWords(["streams", "describe", ...words]);

test("a topology is drawn as trees from its sources, what comes together once", async () => {
  const { status, stdout } = await describeStreams(write("one.mjs", "export const topology = make();"));
  assert.equal(status, 0);
  assert.equal(
    stdout,
    `Sub-topology 0
  left → KSTREAM-SOURCE-0000000000
  └─ both
     └─ KSTREAM-AGGREGATE-0000000003  [counts: keyValue, changelog]
        └─ changes
           └─ write → out
  right → KSTREAM-SOURCE-0000000001
  └─ both (above)
`,
  );
});

test("what a function returns counts too, and is told as text, data and pictures", async () => {
  const file = write("maker.mjs", "export default function counts() { return make(); }");
  const [text, json, mermaid, dot] = await Promise.all([
    describeStreams(file, "--format", "text"),
    describeStreams(file, "--json"),
    describeStreams(file, "--format", "mermaid"),
    describeStreams(file, "--format", "dot"),
  ]);
  assert.match(text.stdout, /^Topologies:\n {3}Sub-topology: 0\n[^]*\n$/);
  assert.equal((JSON.parse(json.stdout) as { subtopologies: unknown[] }).subtopologies.length, 1);
  assert.match(mermaid.stdout, /^(flowchart|graph) /);
  assert.match(dot.stdout, /^digraph /);
});

test("of several one is chosen; what is none, or fails, is told with what to do", async () => {
  const several = write("several.mjs", "export const a = make(); export const b = make();");
  const none = write("none.mjs", "export const x = 1; export function withParameter(a) {} export class C {}");
  const failing = write("failing.mjs", "export const bad = () => { throw new Error('no such table'); };");
  const broken = write("broken.mjs", "export const = ;");
  const told = await Promise.all([
    describeStreams(several),
    describeStreams(several, "--export", "c"),
    describeStreams(none),
    describeStreams(failing),
    describeStreams(broken),
    describeStreams(join(folder, "missing.mjs")),
    describeStreams(several, "--format", "png"),
  ]);
  assert.deepEqual(
    told.map(({ status }) => status),
    [2, 2, 1, 1, 1, 1, 2],
  );
  for (const [index, said] of [
    /--export: a, b\./,
    /its exports: a, b\./,
    /exports no topology/,
    /no such table/,
    /could not be loaded/,
    /could not be loaded/,
    /one of tree/,
  ].entries())
    assert.match(told[index]!.stderr, said);
  assert.equal((await describeStreams(several, "--export", "b")).status, 0);
});

test("a CommonJS module that is the topology has it once, though Node gives it two names", async () => {
  const file = join(folder, "common.cjs");
  writeFileSync(
    file,
    `const { serdes, StreamsBuilder } = require("@ottla/streams");
const b = new StreamsBuilder();
b.stream("in", { key: serdes.string, value: serdes.string }).to("out");
module.exports = b.build();
`,
  );
  assert.equal((await describeStreams(file)).status, 0);
});

test("a module whose top-level await never ends is given up", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const told = describeStreams(
    write("never.mjs", "globalThis.onNeverLoaded(); await new Promise(() => {}); export const topology = make();"),
  );
  await new Promise<void>((resolve) => Object.assign(globalThis, { onNeverLoaded: resolve }));
  t.mock.timers.tick(10_000);
  const { status, stderr } = await told;
  assert.equal(status, 1);
  assert.match(stderr, /could not be loaded: its top-level await has not ended within 10 s/);
});
