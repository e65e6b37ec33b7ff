// PostgreSQL and MariaDB, a broker, a Connect worker, an S3 server, a second PostgreSQL and a Redis: each a process of its own that may die.
import { writeFileSync } from "node:fs";
import type { RunningCluster } from "../../cluster.ts";
import { ottlaCommand, startOttla } from "../../ottla/broker.ts";
import { nodeBinary, repositoryRoot } from "../../paths.ts";
import { type Child, startChild } from "../../process/child.ts";
import { findFreePorts } from "../../process/free-port.ts";
import { startMariadb } from "../../process/mariadb.ts";
import type { RunningSqlServer } from "../../process/sql-server.ts";
import { type RunningPostgres, startPostgres } from "../../process/postgres.ts";
import { type RunningRedis, startRedis } from "../../process/redis.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { readKeptObjects, type StoredObject } from "../s3/fake-s3.ts";
import { storageTopics } from "../worker/apache-connect.ts";

const S3 = `${repositoryRoot}conformance/src/connect/all-systems/s3-server.ts`;

/** All that a day runs on. */
export class Systems {
  readonly postgres: RunningPostgres;
  readonly mariadb: RunningSqlServer;
  readonly target: RunningPostgres;
  readonly redis: RunningRedis;
  readonly bootstrap: string;
  readonly connectUrl: string;
  readonly s3Url: string;
  /** All that the worker's lives wrote. */
  workerOutput = "";
  readonly #folder: string;
  readonly #ports: readonly number[];
  readonly #secret: string;
  #broker: RunningCluster;
  #worker: Child | undefined;
  #s3: Child | undefined;

  private constructor(
    parts: Pick<Systems, "postgres" | "mariadb" | "target" | "redis">,
    broker: RunningCluster,
    at: { readonly folder: string; readonly ports: readonly number[]; readonly secret: string },
  ) {
    ({ postgres: this.postgres, mariadb: this.mariadb, target: this.target, redis: this.redis } = parts);
    this.#broker = broker;
    this.#folder = at.folder;
    this.#ports = at.ports;
    this.#secret = at.secret;
    this.bootstrap = broker.bootstrap;
    this.connectUrl = `http://127.0.0.1:${at.ports[1]}`;
    this.s3Url = `http://127.0.0.1:${at.ports[2]}`;
    writeFileSync(
      `${at.folder}/worker.properties`,
      Object.entries({
        "group.id": "day",
        ...storageTopics("day"),
        "offset.flush.interval.ms": "200",
        "exactly.once.source.support": "enabled",
        "session.timeout.ms": "6000",
        "heartbeat.interval.ms": "1000",
      })
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    );
  }

  /** `secret` is a value that the worker's environment has as `DAY_SECRET`. */
  static async start(programs: string, secret: string): Promise<Systems> {
    const folder = makeTemporaryFolder("all-systems");
    const ports = await findFreePorts(3);
    const postgres = await startPostgres(programs, { wal_level: "logical" });
    const target = await startPostgres(programs);
    const [mariadb, redis] = [await startMariadb(), await startRedis()];
    const broker = await startOttla({ dataDir: `${folder}/broker`, port: ports[0]! });
    const systems = new Systems({ postgres, mariadb, target, redis }, broker, { folder, ports, secret });
    await systems.startS3();
    await systems.startWorker();
    return systems;
  }

  async startS3(): Promise<void> {
    const child = startChild(nodeBinary, ["--conditions=source", S3, String(this.#ports[2]), `${this.#folder}/s3`]);
    this.#s3 = child;
    await waitUntil("the S3 server is there", () => child.outputTail().includes("ready"), { everyMs: 10 });
  }

  async killS3(): Promise<void> {
    await this.#s3?.kill();
  }

  /** Objects as they lie on the S3 server's disk. */
  objects(): Map<string, StoredObject> {
    return readKeptObjects(`${this.#folder}/s3`);
  }

  /** As a user starts one; it answers when it answers. */
  async startWorker(): Promise<void> {
    const [, port] = this.#ports;
    const child = startChild(
      nodeBinary,
      [
        ...[...ottlaCommand, "up", "-b", this.bootstrap, "--only", "connect", "--connect-port", String(port)],
        ...["--connect-config", `${this.#folder}/worker.properties`, "--log-level", "info"],
      ],
      { cwd: this.#folder, env: { ...process.env, DAY_SECRET: this.#secret } },
    );
    const keep = (chunk: string): void => void (this.workerOutput += chunk);
    child.process.stdout?.on("data", keep);
    child.process.stderr?.on("data", keep);
    this.#worker = child;
  }

  async killWorker(): Promise<void> {
    await this.#worker?.kill();
  }

  async killBroker(): Promise<void> {
    await this.#broker.kill();
  }

  async startBroker(): Promise<void> {
    this.#broker = await startOttla({ dataDir: `${this.#folder}/broker`, port: this.#ports[0]! });
  }

  /** One request to Connect's REST API; undefined where it does not answer. */
  async rest(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly text: string } | undefined> {
    try {
      const response = await fetch(`${this.connectUrl}${path}`, {
        method,
        signal: AbortSignal.timeout(20_000),
        ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      });
      return { status: response.status, text: await response.text() };
    } catch {
      return undefined;
    }
  }

  async stop(): Promise<void> {
    await this.killWorker();
    await this.killS3();
    await this.#broker.kill();
    await Promise.all([this.postgres.stop(), this.target.stop(), this.mariadb.stop(), this.redis.stop()]);
    removeTemporaryFolder(this.#folder);
  }
}
