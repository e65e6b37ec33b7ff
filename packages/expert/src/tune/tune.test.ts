import assert from "node:assert/strict";
import { test } from "node:test";
import { findSetting, NEWEST_VERSION } from "../catalogue/settings-catalogue.ts";
import { compareRuns } from "./compare-runs.ts";
import { documentOf } from "./document-of.ts";
import { PRESETS, type PresetName } from "./preset.ts";
import { presets } from "./presets.ts";
import { tuneDefaults, tuneDocument } from "./tune.ts";

function tuned(preset: PresetName, text: string, version = NEWEST_VERSION) {
  const { changes, kept, unknown } = tuneDocument(preset, documentOf("f.properties", text)!, version);
  return { changes: changes.map(({ key, from, to }) => `${key} ${from} > ${to}`), kept, unknown };
}

test("what is good already stays, whatever its value", () => {
  const { changes, kept } = tuned(
    "throughput",
    "acks=all\nlinger.ms=50\nbatch.size=131072\ncompression.type=zstd\nbuffer.memory=134217728\nenable.idempotence=true\n",
  );
  assert.deepEqual(changes, []);
  assert.deepEqual(kept, ["acks", "enable.idempotence", "linger.ms", "batch.size", "compression.type", "buffer.memory"]);
});

test("what is not there counts with the default of the version", () => {
  assert.deepEqual(tuned("throughput", "acks=1\nlinger.ms=5\n").changes, [
    "acks 1 > all",
    "linger.ms 5 > 20",
    "batch.size 16384 > 262144",
    "compression.type none > lz4",
    "buffer.memory 33554432 > 67108864",
  ]);
  assert.deepEqual(tuned("balanced", "acks=all\n", "3.9").changes.slice(0, 1), ["linger.ms 0 > 5"]);
  assert.deepEqual(tuned("balanced", "acks=all\n", "4.4").kept.slice(0, 3), ["acks", "enable.idempotence", "linger.ms"]);
});

test("a file is told what concerns it, and nothing else", () => {
  assert.deepEqual(tuned("durability", "group.id=g\nenable.auto.commit=true\n").changes, [
    "enable.auto.commit true > false",
    "auto.offset.reset latest > earliest",
    "isolation.level read_uncommitted > read_committed",
  ]);
  assert.deepEqual(tuned("exactly-once", "application.id=a\nprocessing.guarantee=at_least_once\n").changes, [
    "processing.guarantee at_least_once > exactly_once_v2",
    "commit.interval.ms 30000 > 100",
  ]);
  assert.ok(tuned("durability", "node.id=1\nprocess.roles=broker\nmin.insync.replicas=1\n").changes.includes("min.insync.replicas 1 > 2"));
  assert.equal(documentOf("f.properties", "a=b\n"), undefined);
});

test("what a template fills in is not known, and a transactional id is each service's own", () => {
  assert.deepEqual(tuned("balanced", "acks=all\nlinger.ms=${LINGER}\ncompression.type=lz4\nbatch.size=65536\n"), {
    changes: [],
    kept: ["acks", "enable.idempotence", "batch.size", "compression.type"],
    unknown: ["linger.ms"],
  });
  assert.ok(tuned("exactly-once", "acks=all\ntransactional.id=pay-${env:INSTANCE}\n").kept.includes("transactional.id"));
  assert.ok(tuned("exactly-once", "acks=all\n").changes.includes("transactional.id undefined > NAME-${env:INSTANCE}"));
});

test("what a preset makes of the defaults is what it wants, each with a reason and a cost", () => {
  for (const preset of PRESETS)
    for (const role of ["producer", "consumer", "streams", "topic", "broker"] as const) {
      const { changes } = tuneDefaults(preset, [role], NEWEST_VERSION);
      const entries = changes.map(({ key, to }, i) => ({ key, value: to, line: i + 1 }));
      const again = tuneDocument(preset, { file: "f", part: undefined, kind: role, entries }, NEWEST_VERSION);
      assert.deepEqual(again.changes, [], `${preset} ${role}`);
      for (const { reason, cost, key } of changes) assert.ok(reason.length > 10 && cost.length > 3, key);
    }
});

test("every key of the presets is one of Kafka's", () => {
  for (const { role, key } of Object.values(presets).flat()) assert.ok(findSetting(role, key, NEWEST_VERSION), `${role} ${key}`);
});

test("a difference counts where the runs lie apart", () => {
  const cases: readonly (readonly [readonly number[], readonly number[], string])[] = [
    [[100, 101, 99], [150, 149, 152], "better"],
    [[100, 101, 99], [50, 51, 52], "worse"],
    [[100, 140, 90], [150, 130, 160], "unchanged"],
    [[100, 100, 100], [102, 102, 102], "unchanged"],
    [[100, 110], [110, 120], "unchanged"],
    [[110, 120], [100, 110], "unchanged"],
    [[0, 0], [0, 0], "unchanged"],
    [[0, 0], [5, 5], "better"],
  ];
  for (const [before, after, verdict] of cases)
    assert.equal(compareRuns(before, after, true).verdict, verdict, `${before.join()} ${after.join()}`);
  assert.deepEqual(compareRuns([10, 30, 20, 40], [5, 5], false), {
    before: { median: 25, min: 10, max: 40 },
    after: { median: 5, min: 5, max: 5 },
    ratio: 0.2,
    verdict: "better",
  });
});
