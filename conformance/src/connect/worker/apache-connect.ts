import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startConnectWorker } from "../../kafka/java-tool.ts";
import type { Child } from "../../process/child.ts";
import { findFreePorts } from "../../process/free-port.ts";
import { waitUntil } from "../../process/wait-until.ts";

/** A distributed worker of Apache Connect over a cluster. */
export class ApacheConnect {
  readonly url: string;
  readonly pid: number;
  readonly #child: Child;

  private constructor(url: string, child: Child) {
    this.url = url;
    this.pid = child.pid;
    this.#child = child;
  }

  /** `topics`: its three topics begin with this. `jvm`: options of the virtual machine; left out: those for a quick start. */
  static async start(folder: string, bootstrapServers: string, topics: string, jvm?: readonly string[]): Promise<ApacheConnect> {
    const [port] = await findFreePorts(1);
    const file = join(folder, `worker-${port}.properties`);
    const properties = {
      "bootstrap.servers": bootstrapServers,
      "group.id": topics,
      "key.converter": "org.apache.kafka.connect.json.JsonConverter",
      "value.converter": "org.apache.kafka.connect.json.JsonConverter",
      ...storageTopics(topics),
      "offset.flush.interval.ms": "200",
      listeners: `http://127.0.0.1:${port}`,
      "plugin.discovery": "only_scan",
    };
    writeFileSync(
      file,
      Object.entries(properties)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    );
    const url = `http://127.0.0.1:${port}`;
    const child = await startConnectWorker(file, jvm === undefined ? {} : { jvm });
    try {
      await waitUntil(`Apache Connect answers at ${url}`, async () => (await fetch(`${url}/health`)).status === 200, {
        timeoutMs: 120_000,
      });
    } catch (error) {
      await child.kill();
      throw error;
    }
    return new ApacheConnect(url, child);
  }

  async stop(): Promise<void> {
    await this.#child.stop();
  }
}

/** Where a worker keeps what it knows. */
export function storageTopics(topics: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ["config", "offset", "status"].flatMap((kind) => [
      [`${kind}.storage.topic`, `${topics}-${kind}`],
      [`${kind}.storage.replication.factor`, "1"],
    ]),
  );
}
