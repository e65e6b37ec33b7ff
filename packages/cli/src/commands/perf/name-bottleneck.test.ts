import assert from "node:assert/strict";
import { test } from "node:test";
import { type LoadEvidence, nameBottleneck } from "./name-bottleneck.ts";

const IDLE: LoadEvidence = {
  firstError: undefined,
  clientCpu: 0.2,
  clientLoop: 0.2,
  brokerCpu: undefined,
  brokerCores: undefined,
  machineCpu: undefined,
  diskBusy: undefined,
  bytesPerS: 1e6,
  networkBytesPerS: undefined,
  batchBytes: 60_000,
  batchBytesMax: 65_536,
  quotaBytesPerS: undefined,
};

test("what was at its limit is named, and what it causes is not", () => {
  const cases: readonly (readonly [Partial<LoadEvidence>, string, RegExp])[] = [
    [{ quotaBytesPerS: 1.05e6, clientLoop: 1 }, "quota", /95 % is sent/],
    [{ clientLoop: 0.97, brokerCpu: 0.99, brokerCores: 1 }, "client", /busy 97 % of the time/],
    [{ clientCpu: 1.4 }, "client", /140 % of a core/],
    [{ brokerCpu: 0.9, brokerCores: 1, diskBusy: 0.99 }, "broker", /90 % of a core$/],
    [{ brokerCpu: 1.8, brokerCores: 2 }, "broker", /180 % of a core of 2/],
    [{ brokerCpu: 1.2, brokerCores: 4, machineCpu: 0.99 }, "machine", /99 %, and client and broker together take 140 % of a core/],
    [{ diskBusy: 0.9 }, "disk", /90 %/],
    [{ networkBytesPerS: 1.1e6 }, "network", /91 %/],
    [{ batchBytes: 3000 }, "batching", /batches of 3,000 bytes, of 65,536/],
    [{ firstError: "The disk is full.", clientLoop: 0.99 }, "errors", /^records failed, the first with: The disk is full$/],
    [{}, "unknown", /nothing that was observed/],
  ];
  for (const [seen, name, evidence] of cases) {
    const bottleneck = nameBottleneck({ ...IDLE, ...seen });
    assert.equal(bottleneck.name, name);
    assert.match(bottleneck.evidence, evidence);
  }
});

test("what could not be observed is said, and never counts as good", () => {
  const { others } = nameBottleneck(IDLE);
  assert.deepEqual(others.filter((other) => other.endsWith(": not observed")).length, 5, others.join("\n"));
});
