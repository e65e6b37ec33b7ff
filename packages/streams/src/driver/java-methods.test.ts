import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as library from "../index.ts";
import { serdes, session, StreamsBuilder, Topology, TopologyTestDriver, tumbling } from "../index.ts";

const page = readFileSync(new URL("../../../../docs/streams-dsl.md", import.meta.url), "utf8");
const { classes } = JSON.parse(readFileSync(new URL("../../test/java-streams-methods.json", import.meta.url), "utf8")) as {
  classes: Readonly<Record<string, readonly string[]>>;
};
const rows = [...page.matchAll(/^\| `(\w+)\.(\w+)` \| (?:`(\w+)`|–) \| (.*) \|$/gm)].map(([, type = "", theirs = "", ours, note = ""]) => ({
  type,
  theirs,
  ours,
  note: note.trim(),
}));

test("the table of Java's streams has every method of it and names only what is there", () => {
  assert.deepEqual(
    rows.map(({ type, theirs }) => `${type}.${theirs}`),
    Object.entries(classes).flatMap(([type, methods]) => methods.map((method) => `${type}.${method}`)),
  );
  const b = new StreamsBuilder();
  const json = { key: serdes.string, value: serdes.string };
  const stream = b.stream("a", json);
  const table = b.table("b", json);
  const grouped = stream.groupByKey();
  const cogrouped = grouped.cogroup<string>((all, one) => all + one);
  const groupedTable = table.groupBy((value, key) => [value, key], json);
  stream.to("c");
  using driver = new TopologyTestDriver(b.build());
  const homes: Readonly<Record<string, object>> = {
    StreamsBuilder: b,
    Topology: new Topology(),
    KStream: stream,
    BranchedKStream: stream,
    KTable: table,
    GlobalKTable: new StreamsBuilder().globalTable("d", json),
    KGroupedStream: grouped,
    KGroupedTable: groupedTable,
    TimeWindowedKStream: grouped.windowedBy(tumbling({ sizeMs: 1, graceMs: 0 })),
    SessionWindowedKStream: grouped.windowedBy(session({ gapMs: 1, graceMs: 0 })),
    CogroupedKStream: cogrouped,
    TimeWindowedCogroupedKStream: cogrouped.windowedBy(tumbling({ sizeMs: 1, graceMs: 0 })),
    SessionWindowedCogroupedKStream: cogrouped.windowedBy(session({ gapMs: 1, graceMs: 0 })),
    TimeWindows: library,
    UnlimitedWindows: library,
    SlidingWindows: library,
    SessionWindows: library,
    JoinWindows: stream,
    EmitStrategy: grouped.windowedBy(tumbling({ sizeMs: 1, graceMs: 0 })),
    Suppressed: table,
    TopologyTestDriver: driver,
    TestInputTopic: driver.inputTopic("a", json),
    TestOutputTopic: driver.outputTopic("c", json),
  };
  for (const { type, theirs, ours, note } of rows) {
    if (ours === undefined) assert.notEqual(note, "", `${type}.${theirs} says why it is not there`);
    else assert.ok(ours in homes[type]!, `${type}.${theirs}: ${ours}`);
    for (const [, named = ""] of note.matchAll(/`(\w+)`/g))
      if (/^(join|leftJoin)(On|Global)$|^to[A-Z]|^add/.test(named)) assert.ok(named in homes[type]!, `${type}.${theirs}: ${named}`);
  }
});
