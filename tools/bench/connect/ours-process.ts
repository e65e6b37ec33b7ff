// Our side of the benchmark of Connect, in a process of its own: for each line on standard input one round, each of its measurements a line of JSON, then "done".
import { createInterface } from "node:readline";
import { benchRecords, benchSteps } from "@ottla/conformance/connect/bench-case";
import { openConverter, openTransform, recordOf } from "@ottla/conformance/connect/ours";
import type { ConnectRecord } from "@ottla/connect";

const [seconds, count] = process.argv.slice(2).map(Number) as [number, number];
const JSON_CONVERTER = "org.apache.kafka.connect.json.JsonConverter";
const records = benchRecords(count).map(recordOf);
const chain = benchSteps.map((step) => openTransform(step));
const withSchema = await openConverter({ class: JSON_CONVERTER, config: { "schemas.enable": "true" } });
const plain = await openConverter({ class: JSON_CONVERTER, config: { "schemas.enable": "false" } });
const written = (converter: typeof plain, { valueSchema: schema, value }: ConnectRecord): Buffer =>
  converter.fromConnect("t", { schema, value }, []) as Buffer;
const envelopes = records.map((record) => written(withSchema, record));
const texts = records.map((record) => written(plain, record));

function measure(what: string, work: (index: number) => unknown): void {
  const until = performance.now() + seconds * 1000;
  const before = process.cpuUsage();
  let done = 0;
  let last: unknown;
  while (performance.now() < until) {
    for (let index = 0; index < count; index++) last = work(index);
    done += count;
  }
  const { user, system } = process.cpuUsage(before);
  if (last === undefined || last === null) throw new Error(`${what} made nothing`);
  console.log(JSON.stringify({ what, perSecond: done / ((user + system) / 1e6) }));
}

for await (const _ of createInterface({ input: process.stdin })) {
  measure("chain of five transforms", (index) => {
    let record: ConnectRecord | undefined = records[index];
    for (const transform of chain) record = transform.apply(record!);
    return record;
  });
  measure("JSON with schema, written", (index) => written(withSchema, records[index]!));
  measure("JSON with schema, read", (index) => withSchema.toConnect("t", envelopes[index]!, []));
  measure("JSON without schema, written", (index) => written(plain, records[index]!));
  measure("JSON without schema, read", (index) => plain.toConnect("t", texts[index]!, []));
  console.log("done");
}
