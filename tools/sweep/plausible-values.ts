import { RecordBatchBuilder } from "@ottla/protocol/records";
import fc from "fast-check";
import type { SpecField } from "../../packages/protocol/src/spec-tests/spec-files.ts";
import { anyScalar } from "../../packages/protocol/src/spec-tests/spec-values.ts";

/** What a cluster under test holds or may be asked for. */
export interface KnownNames {
  readonly topics: readonly string[];
  readonly topicIds: readonly string[];
}

const NIL_UUID = "AAAAAAAAAAAAAAAAAAAAAA";
/** Names of topics, groups, configurations, protocols and members alike: a field takes any of them. */
const words = [
  "absent",
  "sweep-group",
  "",
  "bad name!",
  "1",
  "1000",
  "consumer",
  "range",
  "retention.ms",
  "compression.type",
  "x".repeat(250),
];

/** Long waits would only make the sweep slow. */
const waits: Readonly<Record<string, readonly number[]>> = {
  timeoutMs: [0, 1, 10],
  maxWaitMs: [0, 1, 10],
  rebalanceTimeoutMs: [0, 1, 10],
  sessionTimeoutMs: [10, 6000],
};

function batch(): Buffer {
  const builder = new RecordBatchBuilder({ limitBytes: 1000 });
  builder.append(Buffer.from("key"), Buffer.from("value"), [], 0);
  return builder.close("none");
}

/** Values a client might send: mostly of the right kind, often wrong. Produce never asks for silence (acks=0). */
export function plausibleScalar(names: KnownNames): (field: SpecField) => fc.Arbitrary<unknown> {
  const byType: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    int8: fc.constantFrom(-1, 0, 1, 2, 3, 4),
    int16: fc.constantFrom(-1, 0, 1, 2, 5),
    int32: fc.constantFrom(-2, -1, 0, 1, 2, 3, 10, 60_000, 2 ** 31 - 1),
    int64: fc.constantFrom(-3, -2, -1, 0, 1, 5, 1_700_000_000_000, 2 ** 63),
    string: fc.constantFrom(...names.topics, ...words),
    uuid: fc.constantFrom(NIL_UUID, "AAAAAAAAAAAAAAAAAAAAAQ", ...names.topicIds),
    records: fc.constantFrom(batch(), Buffer.alloc(0), batch().fill(7, 20, 30)),
  };
  return (field) => {
    const wait = waits[field.name];
    if (wait !== undefined) return fc.constantFrom(...wait);
    if (field.name === "acks") return fc.constantFrom(-1, 1, 2);
    return byType[field.type.replace("[]", "")] ?? anyScalar(field);
  };
}
