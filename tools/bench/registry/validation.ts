import { RecordBatchBuilder, readProducedRecords, type ProducedRecordsRules } from "@ottla/protocol/records";
import { SchemaIndex } from "../../../packages/broker/src/schemas/schema-index.ts";
import { schemaRule } from "../../../packages/broker/src/schemas/schema-rule.ts";
import type { RegistryBenchPart } from "./part.ts";

const RECORD_BYTES = 1_024;
const RECORDS = 60;
const BATCHES = 20_000;

const PLAIN: ProducedRecordsRules = {
  requiresKey: false,
  timestampType: "createTime",
  earliestTimestamp: -Infinity,
  latestTimestamp: Infinity,
  maxUnpackedRecordBytes: Infinity,
  codec: undefined,
  maxMessageBytes: Infinity,
};

/** What it costs a broker to look at each record's schema id: batches of 60 records of 1 KB, read as they come in. */
export const validationPart: RegistryBenchPart = ({ rounds }, comparison) => {
  const index = new SchemaIndex();
  index.apply(Buffer.from('{"keytype":"SCHEMA","subject":"t-value","version":1,"magic":1}'), Buffer.from('{"id":1}'));
  const validating = { ...PLAIN, marks: schemaRule("t", { key: undefined, value: "topic" }, index) };
  const value = Buffer.alloc(RECORD_BYTES);
  value.writeInt32BE(1, 1);
  const builder = new RecordBatchBuilder({ limitBytes: 2 * RECORDS * RECORD_BYTES });
  for (let n = 0; n < RECORDS; n++) builder.append(null, value, [], 1);
  const batch = builder.close("none");
  for (let round = -1; round < rounds; round++) {
    for (const [name, rules] of [["off", PLAIN] as const, ["on", validating] as const]) {
      const before = process.cpuUsage();
      for (let n = 0; n < BATCHES; n++)
        if (readProducedRecords(batch, rules)?.kind !== "sound") throw new Error("A sound batch was refused.");
      const { user, system } = process.cpuUsage(before);
      if (round >= 0)
        comparison.add(`records read, validation ${name}, ns of CPU each`, "ottla", ((user + system) * 1_000) / (BATCHES * RECORDS));
    }
  }
  return Promise.resolve();
};
