import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ApacheConnect, storageTopics } from "@ottla/conformance/connect/worker/apache-connect";
import { ottlaCommand } from "@ottla/conformance/ottla/broker";
import { nodeBinary } from "@ottla/conformance/paths";
import { type Child, startChild } from "@ottla/conformance/process/child";
import { waitUntil } from "@ottla/conformance/process/wait-until";

/** A worker in a process of its own, over a broker in another one. */
export interface MeasuredWorker {
  readonly url: string;
  readonly pid: number;
  /** From the start of its process to the first answer to `GET /connectors`. */
  readonly firstAnswerMs: number;
  stop(): Promise<unknown>;
}

/** As Apache's own start script has them. */
const JVM = ["-Xms256M", "-Xmx2G", "-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-XX:InitiatingHeapOccupancyPercent=35"];
const PATIENCE = { timeoutMs: 120_000 };

/** `ottla up --only connect`, as a user starts it. `topics`: its three topics begin with this. */
export async function startOurs(folder: string, bootstrap: string, topics: string): Promise<MeasuredWorker> {
  const file = join(folder, `${topics}.properties`);
  const properties = { "group.id": topics, ...storageTopics(topics), "offset.flush.interval.ms": "200" };
  writeFileSync(
    file,
    Object.entries(properties)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
  const startedAt = performance.now();
  const args = ["up", "--only", "connect", "--bootstrap-server", bootstrap, "--connect-port", "0", "--connect-config", file, "--json"];
  const child = startChild(nodeBinary, [...ottlaCommand, ...args]);
  const { connect } = await readyLine(child);
  await answers(`${connect}/connectors`);
  return { url: connect, pid: child.pid, firstAnswerMs: performance.now() - startedAt, stop: () => child.stop() };
}

/** Apache Connect's distributed worker with the plugins for files alone. */
export async function startApache(folder: string, bootstrap: string, topics: string): Promise<MeasuredWorker> {
  const startedAt = performance.now();
  const worker = await ApacheConnect.start(folder, bootstrap, topics, JVM);
  await answers(`${worker.url}/connectors`);
  return { url: worker.url, pid: worker.pid, firstAnswerMs: performance.now() - startedAt, stop: () => worker.stop() };
}

/** Connectors that read lines of a file which is there, each in turn; resolves when all and their tasks run. What the last one's 201 and the last RUNNING took from the first request. */
export async function startConnectors(
  { url }: MeasuredWorker,
  folder: string,
  count: number,
): Promise<{ readonly acceptedMs: number; readonly runningMs: number }> {
  const file = join(folder, "lines.txt");
  writeFileSync(file, "one\n");
  const startedAt = performance.now();
  for (let number = 0; number < count; number++) {
    const config = {
      "connector.class": "FileStreamSource",
      topic: "lines",
      file,
      "value.converter": "org.apache.kafka.connect.storage.StringConverter",
    };
    // A worker that rebalances refuses for a while.
    await waitUntil(
      `connector ${number} is taken`,
      async () => {
        const response = await fetch(`${url}/connectors/c${number}/config`, {
          method: "PUT",
          body: JSON.stringify(config),
          headers: { "content-type": "application/json" },
        });
        const text = await response.text();
        if (response.status >= 400 && response.status !== 409) throw new Error(text);
        return response.status < 400;
      },
      PATIENCE,
    );
  }
  const acceptedMs = performance.now() - startedAt;
  await waitUntil(
    `${count} connectors run`,
    async () => {
      const answer = (await (await fetch(`${url}/connectors?expand=status`)).json()) as Readonly<
        Record<string, { readonly status?: { readonly tasks: readonly { readonly state: string }[] } }>
      >;
      const running = Object.values(answer).filter(({ status }) => status?.tasks.length === 1 && status.tasks[0]?.state === "RUNNING");
      return running.length === count;
    },
    PATIENCE,
  );
  return { acceptedMs, runningMs: performance.now() - startedAt };
}

async function answers(url: string): Promise<void> {
  await waitUntil(`${url} answers`, async () => (await fetch(url)).status === 200, { ...PATIENCE, everyMs: 5 });
}

function readyLine(child: Child): Promise<{ readonly connect: string }> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.process.stdout?.on("data", (piece: string) => {
      text += piece;
      if (text.includes("\n")) resolve(JSON.parse(text.slice(0, text.indexOf("\n"))) as { readonly connect: string });
    });
    void child.exited.then((status) => reject(new Error(`The worker ended (${status}) before it was ready: ${child.outputTail()}`)));
  });
}
