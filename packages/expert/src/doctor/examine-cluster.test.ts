import assert from "node:assert/strict";
import { test } from "node:test";
import { readLintConfig } from "../lint/lint-config.ts";
import { notObserved } from "../snapshot/observed.ts";
import { examineCluster, likelyProfile } from "./examine-cluster.ts";
import {
  downBroker,
  exampleBroker,
  exampleCluster,
  exampleGroup,
  examplePartition,
  exampleTopic,
  look,
  quorumReplica,
} from "./example-cluster.ts";

const short = (count: number) =>
  exampleTopic(
    "orders",
    Array.from({ length: count }, (_, i) => examplePartition(i, { replicas: [1, 2, 3], isr: [1, 2], offline: [3] })),
  );

test("a healthy production cluster has no finding", () => {
  const { verdict, findings } = examineCluster(look());
  assert.deepEqual([verdict, findings], ["healthy", []]);
});

test("a dead broker is one finding, with what it brings about under it", () => {
  const { findings } = examineCluster(look({ brokers: [exampleBroker(1), exampleBroker(2), downBroker(3)], only: [short(500)] }));
  assert.deepEqual(
    findings.map(({ rule, subject, severity }) => [rule, subject, severity]),
    [["CLU-19", "broker 3", "error"]],
  );
  assert.deepEqual(
    findings[0]!.consequences?.map(({ rule }) => rule),
    ["CLU-03", "CLU-04"],
  );
});

test("the harm of a cause is that of its gravest consequence", () => {
  const dark = exampleTopic("orders", [examplePartition(0, { replicas: [3], isr: [3], offline: [3], leader: undefined })]);
  const [first] = examineCluster(look({ brokers: [exampleBroker(1), exampleBroker(2), downBroker(3)], only: [dark] })).findings;
  assert.deepEqual([first!.rule, first!.harm, first!.consequences?.[0]?.rule], ["CLU-19", "lost", "CLU-01"]);
});

test("what was not seen is told, and is no health", () => {
  const refused = notObserved("refused", "You may not.");
  const { verdict, notChecked } = examineCluster(look({ topics: refused }));
  assert.equal(verdict, "unseen");
  assert.ok(notChecked.some(({ subject, reason }) => subject.includes("CLU-01") && reason === "not permitted: You may not."));
  const partly = examineCluster(look({ brokers: [exampleBroker(1, { configs: refused }), exampleBroker(2), exampleBroker(3)] }));
  assert.equal(partly.verdict, "healthy");
  assert.ok(partly.notChecked.some(({ subject }) => subject === "settings of broker 1"));
});

test("clocks that are apart are told, and ages are by the cluster's", () => {
  const apart = (lateMs: number) =>
    examineCluster(
      look({
        quorum: { value: { leaderId: 101, leaderEpoch: 3, highWatermark: 5000, voters: [quorumReplica(101, { lateMs })], observers: [] } },
      }),
    ).notChecked.find(({ subject }) => subject === "clocks")?.reason;
  assert.match(apart(-3_600_000)!, /^This machine's clock is 1 h behind that of the quorum's leader\./);
  assert.match(apart(300_000)!, /^This machine's clock is 5 min ahead of that of the quorum's leader\./);
  assert.equal(apart(20_000), undefined);
});

test("only the rules that were asked for, from the severity that was asked for", () => {
  const seen = look({ brokers: [exampleBroker(1), exampleBroker(2), downBroker(3)], only: [short(1)] });
  assert.deepEqual(
    examineCluster(seen, { only: ["clu-04"] }).findings.map(({ rule }) => rule),
    ["CLU-04"],
  );
  assert.deepEqual(examineCluster(seen, { only: ["clu-04"], minSeverity: "error" }).findings, []);
  assert.deepEqual(
    examineCluster(look(), { only: ["clu-11", "prd-01"] }).notChecked.map(({ subject }) => subject),
    ["CLU-11", "PRD, CNS, STR"],
  );
  assert.deepEqual(examineCluster(look(), { only: ["clu-04"] }).notChecked, []);
});

test("four thousand partitions and five hundred groups, every broker but one down: one finding a cause", () => {
  const topics = Array.from({ length: 40 }, (_, t) =>
    exampleTopic(
      `topic-${t}`,
      Array.from({ length: 100 }, (__, i) => examplePartition(i, { replicas: [1, 2, 3], isr: [1], offline: [2, 3] })),
    ),
  );
  const groups = Array.from({ length: 500 }, (_, i) => exampleGroup(`group-${i}`, `topic-${i % 40}`));
  const { findings, cluster } = examineCluster(
    look({ brokers: [exampleBroker(1), downBroker(2), downBroker(3)], only: topics, read: groups }),
  );
  assert.deepEqual([cluster.partitions, cluster.groups], [4000, 500]);
  assert.deepEqual(
    findings.map(({ rule, subject, harm }) => [rule, subject, harm]),
    [
      ["CLU-19", "broker 2", "refused"],
      ["CLU-19", "broker 3", "nextFailure"],
    ],
  );
  const [first] = findings;
  assert.deepEqual(
    first!.consequences?.map(({ rule }) => rule),
    ["CLU-02", "CLU-03"],
  );
  assert.ok(JSON.stringify(first).length < 5000, "a finding stays short however many partitions it is about");
});

test("one broker on this machine is judged as a developer's", () => {
  const at = (host: string) => [exampleBroker(1, { endpoint: { host, port: 9092 } })];
  assert.equal(likelyProfile(at("127.0.0.1")), "dev");
  assert.equal(likelyProfile(at("kafka")), "prod");
  assert.equal(likelyProfile(exampleCluster().brokers), "prod");
});

test("who may not describe the cluster is told that lists may be partial, and never that all is well", () => {
  const refused = notObserved("refused", "You may not describe the cluster.");
  const { notChecked, verdict } = examineCluster(look({ quorum: refused, reassignments: refused }));
  assert.equal(verdict, "unseen");
  assert.equal(notChecked[0]?.subject, "topics and groups that this login may not describe");
  assert.ok(examineCluster(look()).notChecked.every(({ reason }) => !reason.includes("partial")));
});

test("a project's own thresholds hold for live clusters as they do for files", () => {
  const full = (share: number) => {
    const dir = { path: "/data", totalBytes: 1000, usableBytes: 1000 * (1 - share), replicas: 1, replicaBytes: 1, offline: undefined };
    return look({ brokers: [exampleBroker(1, { logDirs: { value: [dir] } })] });
  };
  const found = (share: number, text: string) => {
    const config = readLintConfig(`lint:\n  thresholds:\n    ${text}\n`);
    if (typeof config === "string") throw new TypeError(config);
    const { findings } = examineCluster(full(share), { profile: "prod", only: ["CLU-09"], thresholds: config.thresholds });
    return findings.map(({ severity }) => severity);
  };
  assert.deepEqual(found(0.65, "CLU-09: {}"), []);
  assert.deepEqual(found(0.65, "CLU-09: {warnAbove: 60%}"), ["warning"]);
  assert.deepEqual(found(0.65, "CLU-09: {warnAbove: {critical: 60%}}"), []);
  assert.deepEqual(found(0.85, "CLU-09: {errorAbove: 0.9}"), ["warning"]);
});

test("of a hundred and fifty thousand partitions that lack replicas one finding tells", () => {
  const all = Array.from({ length: 150_000 }, (_, i) => examplePartition(i, { replicas: [1, 2], isr: [1] }));
  const { findings } = examineCluster(look({ only: [exampleTopic("orders", all)] }), { only: ["CLU-03"] });
  assert.deepEqual(
    findings.map(({ message }) => message),
    ["150000 partitions lack replicas in sync, on broker 2."],
  );
});
