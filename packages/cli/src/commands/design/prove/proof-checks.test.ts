import assert from "node:assert/strict";
import { test } from "node:test";
import { designSystem, domainOf } from "@ottla/expert/design";
import { Ledger } from "./ledger.ts";
import { beginnersOf, begunRecord, derivedRecord, type ProofRecord, recordIn, scaledCounts, valueOf } from "./load.ts";
import { judgeProof, type ProofEvidence } from "./proof-checks.ts";

const domain = domainOf(
  "system: t\nevents:\n  a.b.in: { key: k, order: key, rate: 10/s, size: 1kB }\n  a.b.out: { rate: 10/s, size: 1kB }\nservices:\n  p: { produces: [a.b.in] }\n  once: { consumes: [a.b.in], produces: [a.b.out], guarantee: exactly-once }\n  s: { consumes: [a.b.out] }\n",
  "t",
);
const [p, once, s] = domain.services as [(typeof domain.services)[0], (typeof domain.services)[0], (typeof domain.services)[0]];

/** A proof in which all went well, with three records. */
function wellDone(): Omit<ProofEvidence, "audited"> & { readonly audited: Map<string, Map<number, ProofRecord[]>> } {
  const ledger = new Ledger();
  const begun = [0, 50, 1].map((n) => begunRecord(p, "a.b.in", n));
  const derived = begun.map((record, i) => derivedRecord(once, "a.b.out", record, `0-${i}`)!);
  for (const [i, record] of begun.entries()) {
    ledger.wrote("a.b.in", record.id);
    ledger.saw(once.name, "a.b.in", { id: record.id, place: `0-${i}` });
  }
  for (const [i, record] of derived.entries()) {
    ledger.wrote("a.b.out", record.id);
    ledger.saw(s.name, "a.b.out", { id: record.id, place: `0-${i}` });
  }
  return {
    domain,
    system: designSystem(domain),
    ledger,
    audited: new Map([
      ["a.b.in", new Map([[0, begun]])],
      ["a.b.out", new Map([[0, derived]])],
    ]),
    lags: new Map([
      ["once", 0],
      ["s", 0],
    ]),
    access: { attempts: 9, left: 0, allowed: [], refused: [] },
    findings: [],
    files: 12,
    isComplete: true,
  };
}

function broken(evidence: ProofEvidence): readonly string[] {
  return judgeProof(evidence)
    .filter(({ isGood }) => !isGood)
    .map(({ of, what, seen }) => `${of}: ${what}: ${seen}`);
}

test("a proof in which all went well holds", () => {
  assert.deepEqual(broken(wellDone()), []);
});

test("each promise that does not hold is told by its own line", () => {
  const lost = wellDone();
  lost.audited.get("a.b.in")!.get(0)!.pop();
  assert.deepEqual(broken(lost), ["a.b.in: nothing acknowledged is lost: 1 of 3 are not there"]);

  const twice = wellDone();
  twice.audited.get("a.b.out")!.get(0)!.push(twice.audited.get("a.b.out")!.get(0)![0]!);
  assert.deepEqual(broken(twice), ["a.b.out: nothing is there twice, or without a commit: 1 twice, 0 never committed"]);

  const aborted = wellDone();
  aborted.audited.get("a.b.out")!.get(0)!.push({ id: "once/a.b.out<x", key: "key-9", hops: 1 });
  assert.deepEqual(broken(aborted), ["a.b.out: nothing is there twice, or without a commit: 0 twice, 1 never committed"]);

  const split = wellDone();
  split.audited.get("a.b.in")!.set(1, [split.audited.get("a.b.in")!.get(0)!.splice(1, 1)[0]!]);
  assert.ok(broken(split).includes("a.b.in: a key has one partition: 1 records are elsewhere"));

  const missing = wellDone();
  missing.ledger.wrote("a.b.out", "late");
  missing.audited.get("a.b.out")!.get(0)!.push({ id: "late", key: "key-1", hops: 1 });
  assert.deepEqual(broken(missing), ["s: all of it arrives, at least once: 1 are missing"]);

  const again = wellDone();
  again.ledger.saw("once", "a.b.in", { id: begunRecord(p, "a.b.in", 0).id, place: "0-0" });
  assert.deepEqual(broken(again), ["once: all of it arrives, exactly once: 3 records, 1 of them counted again"]);

  const disordered = wellDone();
  disordered.audited.get("a.b.in")!.get(0)!.reverse();
  assert.deepEqual(broken(disordered), ["once: in the order of each key: 1 records came before an earlier one"]);

  assert.deepEqual(broken({ ...wellDone(), lags: new Map([["s", 4]]) }), ["s: nothing is left to read: lag 4"]);
  assert.deepEqual(
    broken({
      ...wellDone(),
      access: { attempts: 9, left: 0, allowed: ["s writes to a.b.in: it was let through"], refused: ["s writes to t.s.dlq: no"] },
    }),
    ["ACLs: suffice: s writes to t.s.dlq: no", "ACLs: allow nothing more: s writes to a.b.in: it was let through"],
  );
  assert.deepEqual(broken({ ...wellDone(), findings: ["x"], isComplete: false }), [
    "all: the work came to rest in time: the time was over before",
    "files: lint finds nothing: x",
  ]);
});

test("a read record that is read again by a service of at least once is no fault, and told", () => {
  const again = wellDone();
  again.ledger.saw("s", "a.b.out", { id: [...again.ledger.written("a.b.out")][0]!, place: "0-0" });
  assert.deepEqual(broken(again), []);
  assert.ok(judgeProof(again).some(({ of, seen }) => of === "s" && seen === "3 records, 1 of them again after a break-down"));
});

test("nobody is at rest while somebody works or has something to read", () => {
  const ledger = new Ledger();
  const readers = [{ service: "s", event: "e" }];
  assert.equal(ledger.isQuiet(readers), true);
  ledger.begin();
  assert.equal(ledger.isQuiet(readers), false);
  ledger.wrote("e", "1");
  ledger.end();
  assert.equal(ledger.isQuiet(readers), false);
  ledger.saw("s", "e", { id: "1", place: "0-0" });
  assert.equal(ledger.isQuiet(readers), true);
});

test("the load keeps the declared shares, and a circle ends", () => {
  assert.deepEqual([...scaledCounts(domain, 1000)], [["a.b.in", 1000]]);
  const circle = domainOf(
    "system: t\nevents:\n  a.a.a: { rate: 90/s, size: 10B }\n  b.b.b: { rate: 10/s, size: 1MB }\nservices:\n  x: { consumes: [a.a.a], produces: [b.b.b] }\n  y: { consumes: [b.b.b], produces: [a.a.a] }\n",
    "t",
  );
  assert.deepEqual(
    [...scaledCounts(circle, 1000)],
    [
      ["a.a.a", 900],
      ["b.b.b", 100],
    ],
  );
  assert.deepEqual(
    beginnersOf(circle, "a.a.a").map(({ name }) => name),
    ["y"],
  );
  let hops = 0;
  for (
    let record: ProofRecord | undefined = begunRecord(circle.services[0]!, "b.b.b", 0);
    record;
    record = derivedRecord(circle.services[hops % 2]!, "a.a.a", record, "0-0")
  )
    hops++;
  assert.equal(hops, 4);
  const record = begunRecord(circle.services[0]!, "b.b.b", 7);
  assert.deepEqual(recordIn(valueOf(record, circle.events[1]!)), record);
  assert.deepEqual([valueOf(record, circle.events[1]!).length, valueOf(record, circle.events[0]!).length > 10], [4096, true]);
});
