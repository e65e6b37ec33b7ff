import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createClient } from "@ottla/client";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { waitUntil } from "@ottla/conformance/process/wait-until";
import { startFakeS3 } from "@ottla/conformance/connect/s3/fake-s3";
import { besideApache, type WorkerRound } from "./beside.ts";
import type { ConnectBenchPart } from "./part.ts";
import type { MeasuredWorker } from "./workers.ts";

const RECORDS = Number(process.env["OTTLA_PIPELINE_RECORDS"] ?? 100_000);
const PATIENCE = { timeoutMs: 240_000, everyMs: 20 };
const TRANSFORMS = "org.apache.kafka.connect.transforms.";
const BYTES_A_LINE = "an order of some length, with a name and an address: ";

/** Five transforms behind each other; the first makes a struct of a line, or another type of a column. `prefix`: of the fields that they add. */
function chainOf(first: Readonly<Record<string, string>>, prefix: string): Record<string, string> {
  const steps: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    first,
    static: { type: `${TRANSFORMS}InsertField$Value`, "static.field": `${prefix}_site`, "static.value": "bench" },
    topic: { type: `${TRANSFORMS}InsertField$Value`, "topic.field": `${prefix}_topic` },
    rename: { type: `${TRANSFORMS}ReplaceField$Value`, renames: `${prefix}_site:${prefix}_shop` },
    route: { type: `${TRANSFORMS}RegexRouter`, regex: "(.*)", replacement: "routed-$1" },
  };
  return {
    transforms: Object.keys(steps).join(","),
    ...Object.fromEntries(
      Object.entries(steps).flatMap(([step, config]) =>
        Object.entries(config).map(([name, value]) => [`transforms.${step}.${name}`, value]),
      ),
    ),
  };
}

const LINE_CHAIN = chainOf({ type: `${TRANSFORMS}HoistField$Value`, field: "line" }, "source");
const CAST = { type: `${TRANSFORMS}Cast$Value`, spec: "amount:float64" };
const ROW_CHAIN = chainOf(CAST, "source");
const SINK_CHAIN = chainOf(CAST, "sink");
const JSON_VALUES = { "value.converter": "org.apache.kafka.connect.json.JsonConverter", "value.converter.schemas.enable": "true" };

interface Round extends WorkerRound {
  readonly worker: MeasuredWorker;
}

/** Records per second of the worker's CPU, from the start of the connector until all are through. */
async function through(
  { worker }: Round,
  name: string,
  config: Readonly<Record<string, string>>,
  isThrough: () => Promise<boolean> | boolean,
): Promise<number> {
  const before = readProcessUsage(worker.pid).cpuSeconds;
  await waitUntil(
    `${name} is taken`,
    async () => {
      const { status } = await fetch(`${worker.url}/connectors/${name}/config`, {
        method: "PUT",
        body: JSON.stringify(config),
        headers: { "content-type": "application/json" },
      });
      return status < 400;
    },
    PATIENCE,
  );
  await waitUntil(`${name} is through`, isThrough, PATIENCE);
  const used = readProcessUsage(worker.pid).cpuSeconds - before;
  await fetch(`${worker.url}/connectors/${name}/stop`, { method: "PUT" });
  return RECORDS / used;
}

/** Whether a topic has all records. */
async function isFull(bootstrap: string, topic: string): Promise<boolean> {
  const client = createClient({ bootstrapServers: bootstrap });
  try {
    const [listed] = await client.admin().listOffsets([{ topic, partition: 0, spec: "latest" }]);
    return (listed?.value?.offset ?? 0) >= RECORDS;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}

function makeLines(file: string): void {
  let text = "";
  for (let number = 0; number < RECORDS; number++) text += `${BYTES_A_LINE}${number}\n`;
  writeFileSync(file, text);
}

function makeTable(file: string): void {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode=WAL; CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT NOT NULL, amount INTEGER, city TEXT)");
  const insert = database.prepare("INSERT INTO orders VALUES (?, ?, ?, ?)");
  database.exec("BEGIN");
  for (let number = 0; number < RECORDS; number++)
    insert.run(number, `${BYTES_A_LINE}${number}`, number % 1000, number % 3 === 0 ? null : "Gera");
  database.exec("COMMIT");
  database.close();
}

async function fileSource(round: Round): Promise<number> {
  const file = join(round.folder, "lines.txt");
  makeLines(file);
  const config = { "connector.class": "FileStreamSource", topic: "lines", file, ...JSON_VALUES, ...LINE_CHAIN };
  return through(round, "file", config, () => isFull(round.broker.bootstrap, "routed-lines"));
}

async function measureOurs(round: Round): Promise<Readonly<Record<string, number>>> {
  const { folder, broker } = round;
  const file = await fileSource(round);
  const table = join(folder, "orders.db");
  makeTable(table);
  const source = await through(
    round,
    "jdbc-source",
    {
      "connector.class": "jdbc-source",
      "connection.url": `jdbc:sqlite:${table}`,
      mode: "incrementing",
      "incrementing.column.name": "id",
      "topic.prefix": "",
      ...JSON_VALUES,
      ...ROW_CHAIN,
    },
    () => isFull(broker.bootstrap, "routed-orders"),
  );
  const written = join(folder, "written.db");
  const rows = (): number => {
    try {
      const database = new DatabaseSync(written, { readOnly: true });
      const { count } = database.prepare('SELECT count(*) AS count FROM "routed-routed-orders"').get() as { readonly count: number };
      database.close();
      return count;
    } catch {
      return 0;
    }
  };
  const sink = await through(
    round,
    "jdbc-sink",
    {
      "connector.class": "jdbc-sink",
      "connection.url": `jdbc:sqlite:${written}`,
      topics: "routed-orders",
      "insert.mode": "upsert",
      "pk.mode": "record_value",
      "pk.fields": "id",
      "auto.create": "true",
      ...JSON_VALUES,
      ...SINK_CHAIN,
    },
    () => rows() >= RECORDS,
  );
  await using s3 = await startFakeS3(["lake"]);
  const size = RECORDS / 10;
  const lake = await through(
    round,
    "s3-sink",
    {
      "connector.class": "io.confluent.connect.s3.S3SinkConnector",
      topics: "routed-orders",
      "s3.bucket.name": "lake",
      "store.url": s3.url,
      "aws.access.key.id": "test",
      "aws.secret.access.key": "test",
      "format.class": "io.confluent.connect.s3.format.parquet.ParquetFormat",
      "flush.size": String(size),
      ...JSON_VALUES,
      ...SINK_CHAIN,
    },
    () => s3.objects.size >= RECORDS / size,
  );
  return { file, source, sink, lake };
}

const FILE = "lines of a file";

/** Whole ways of records, with five transforms each. Apache Connect has one beside it, the source of a file's lines: its JDBC and S3 connectors are not to be had as jars of a free licence. */
export const pipelinesPart: ConnectBenchPart = ({ rounds, report }) =>
  besideApache(
    rounds,
    async (given) => {
      const { who, comparison } = given;
      const round: Round = { ...given, worker: await given.start() };
      const goal = { than: "kafka", atLeast: 1 } as const;
      const add = (what: string, value: number): void =>
        comparison.add(`${what}, records per second of CPU`, who, value, what === FILE ? goal : undefined);
      if (who === "kafka") return add(FILE, await fileSource(round));
      const { file, source, sink, lake } = await measureOurs(round);
      add(FILE, file!);
      add("rows of SQLite", source!);
      add("rows into SQLite", sink!);
      add("Parquet in S3", lake!);
    },
    report,
    {
      id: "pipelines",
      title: "Connect: whole ways of records through five transforms",
      text: `${RECORDS} records each, JSON with schemas on the topic, from the connector's start until all are through; the CPU of the worker's process, a database in it included. The other ways have nothing of Apache Connect's beside them: JDBC and S3 connectors under a free licence are not on Maven Central.`,
    },
  );
