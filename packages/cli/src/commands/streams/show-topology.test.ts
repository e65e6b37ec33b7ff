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

/** The library is loaded where the code makes a topology of it: that takes a quarter of a second each time. */
function write(name: string, code: string): string {
  const file = join(folder, name);
  writeFileSync(file, code.includes("make()") ? head + code : code);
  return file;
}

const showTopology = (...words: readonly string[]) => runWords(["streams", "topology", ...words]);

test("a topology is drawn as trees from its sources, what comes together once", async () => {
  const { status, stdout } = await showTopology(write("one.mjs", "export const topology = make();"));
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
    showTopology(file, "--format", "text"),
    showTopology(file, "--json"),
    showTopology(file, "--format", "mermaid"),
    showTopology(file, "--format", "dot"),
  ]);
  assert.match(text.stdout, /^Topologies:\n {3}Sub-topology: 0\n[^]*\n$/);
  assert.equal((JSON.parse(json.stdout) as { subtopologies: unknown[] }).subtopologies.length, 1);
  assert.match(mermaid.stdout, /^(flowchart|graph) /);
  assert.match(dot.stdout, /^digraph /);
});

test("streams describe draws a module's topology, too", async () => {
  const file = write("described.mjs", "export const topology = make();");
  const [described, drawn] = await Promise.all([runWords(["streams", "describe", file]), showTopology(file)]);
  assert.deepEqual([described.status, described.stdout], [0, drawn.stdout]);
});

test("of several one is chosen; what is none, or fails, is told with what to do", async () => {
  const several = write("several.mjs", "export const a = make(); export const b = make();");
  const none = write("none.mjs", "export const x = 1; export function withParameter(a) {} export class C {}");
  const failing = write("failing.mjs", "export const bad = () => { throw new Error('no such table'); };");
  const broken = write("broken.mjs", "export const = ;");
  const told = await Promise.all([
    showTopology(several),
    showTopology(several, "--export", "c"),
    showTopology(none),
    showTopology(failing),
    showTopology(broken),
    showTopology(join(folder, "missing.mjs")),
    showTopology(several, "--format", "png"),
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
  assert.equal((await showTopology(several, "--export", "b")).status, 0);
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
  assert.equal((await showTopology(file)).status, 0);
});

for (const [what, code] of Object.entries({
  "a top-level await that nothing ends": "await new Promise(() => {}); export const topology = make();",
  "an endless loop": "for (;;);",
  "an endless loop in the function": "export function topology() { for (;;); }",
  "a promise of the function that never settles": "export const topology = () => new Promise(() => {});",
  "an endless chain of microtasks": "const again = () => Promise.resolve().then(again); await again(); export const topology = make();",
}))
  test(`a module is given up when its time is over: ${what}`, async () => {
    const { status, stdout, stderr } = await showTopology(write("never.mjs", code), "--timeout-ms", "300");
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /never\.mjs has not made its topology within 0\.3 s: .* --timeout-ms gives it longer\.\n$/);
  });

test("Ctrl-C ends the command while a module loops", async () => {
  const stop = new AbortController();
  const file = write("looping.mjs", `process.stderr.write("looping\\n"); await new Promise(setImmediate); for (;;);`);
  const { status } = await runWords(["streams", "topology", file], {
    signal: stop.signal,
    onError: (text) => text.includes("looping") && stop.abort(),
  });
  assert.equal(status, "interrupted");
});

test("a module that leaves, breaks down or prints harms nobody", async () => {
  const leaving = write("leaving.mjs", "process.exit(3);");
  const breaking = write("breaking.mjs", "setTimeout(() => { throw new Error('late trouble'); }); await new Promise(() => {});");
  const rejecting = write("rejecting.mjs", "void Promise.reject(new Error('unheard')); await new Promise(() => {});");
  const getters = write("getters.mjs", "export const t = { get describe() { throw new Error('do not look'); } };");
  const posing = write(
    "posing.mjs",
    "const f = () => { throw 'no error'; }; export const t = { describe: f, toJSON: f, toMermaid: f, toDot: f };",
  );
  const told = await Promise.all([leaving, breaking, rejecting, getters, posing].map((file) => showTopology(file)));
  assert.deepEqual(
    told.map(({ status, stdout }) => [status, stdout]),
    told.map(() => [1, ""]),
  );
  for (const [index, said] of [/ended its process \(with status 3\)/, /late trouble/, /unheard/, /do not look/, /no error/].entries())
    assert.match(told[index]!.stderr, said);

  const printing = write("printing.mjs", "console.log('hello'); export const topology = async () => make(); setInterval(() => {}, 1000);");
  const { status, stdout, stderr } = await showTopology(printing, "--json");
  assert.equal(status, 0);
  assert.equal((JSON.parse(stdout) as { subtopologies: unknown[] }).subtopologies.length, 1);
  assert.match(stderr, /hello/);
});
