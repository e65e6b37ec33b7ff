// Runs the pieces of code of one page of kafkajs's documentation, each with a producer, a consumer and an admin that are connected, over our module or kafkajs itself:
// `run-page.ts FOLDER PAGE ours|kafkajs`. A line of JSON for each.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Consumer, Kafka } from "@ottla/client/kafkajs";
import type { BlockOutcome } from "./documentation.ts";

const BLOCK_TIMEOUT_MS = 20_000;
const [folder = "", page = "", whose = ""] = process.argv.slice(2);
const load = createRequire(join(folder, "index.js"));
const kafkajs = load(whose === "ours" ? "./index.js" : "kafkajs") as { readonly Kafka: typeof Kafka };
const brokers = process.env["BOOTSTRAP"]!.split(",");
const say = (outcome: BlockOutcome): void => void process.stdout.write(`${JSON.stringify(outcome)}\n`);
const unheard: unknown[] = [];
process.on("unhandledRejection", (reason) => void unheard.push(reason));
console.log = console.error = console.warn = console.info = () => {};

/** Made with six partitions. */
const TOPICS = ["topic-name", "topic-A", "topic-test", "test-topic", "example", "my-topic", "topic-B", "topic-C", "topic-D", "topic-eu-1"];
const maker = new kafkajs.Kafka({ brokers, logLevel: 0 }).admin();
await maker.connect();
await maker.createTopics({ topics: TOPICS.map((topic) => ({ topic, numPartitions: 6 })), waitForLeaders: true }).catch(() => {});
await maker.disconnect();

let number = 0;
const blocks = blocksOf(readFileSync(join(folder, page), "utf8"));
for (const [i, { line, code }] of blocks.entries()) {
  let error: string | undefined;
  try {
    await Promise.race([runBlock(code), delay(BLOCK_TIMEOUT_MS).then(() => Promise.reject(new Error("it did not end in its time")))]);
  } catch (thrown) {
    error = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  }
  say({ line, ...(error === undefined ? {} : { error }), isLast: i === blocks.length - 1 });
}
process.exit();

function blocksOf(text: string): { readonly line: number; readonly code: string }[] {
  return [...text.matchAll(/^```(?:javascript|js)\n([\s\S]*?)^```/gm)].map((match) => ({
    line: text.slice(0, match.index).split("\n").length,
    code: match[1]!,
  }));
}

/** The code within a function whose free names are those of the page: a kafka, its parts, topics that are there; what the page leaves to its reader does nothing. */
async function runBlock(code: string): Promise<void> {
  const consumers: Consumer[] = [];
  unheard.length = 0;
  const crashes: Error[] = [];
  let handled = 0;
  class Watched extends kafkajs.Kafka {
    constructor(config: ConstructorParameters<typeof Kafka>[0]) {
      super({ ...config, brokers, logLevel: 0 });
    }

    override consumer(...args: Parameters<Kafka["consumer"]>): Consumer {
      // Each piece of code is a group of its own, so that one finds what another has read.
      const groupId = `${args[0]?.groupId}-${process.pid}-${number++}`;
      const consumer = super.consumer({ ...args[0], groupId });
      consumer.on(consumer.events.CRASH, ({ payload }) => void crashes.push(payload.error));
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => (handled += payload.batchSize));
      consumers.push(consumer);
      return consumer;
    }
  }
  const kafka = new Watched({ brokers: [] });
  const transactionalId = page.includes("Transactions") ? { transactionalId: `page-${process.pid}-${number++}` } : {};
  const parts = { producer: kafka.producer(transactionalId), consumer: kafka.consumer({ groupId: "page" }), admin: kafka.admin() };
  await Promise.all(Object.values(parts).map((part) => part.connect()));
  const name = TOPICS.find((each) => code.includes(each)) ?? TOPICS[0]!;
  const message = { key: "key", value: "value", headers: { "correlation-id": "1" } };
  const feed = () => feeder.send({ topic: name, messages: [message] });
  const feeder = kafka.producer();
  await feeder.connect();
  await feed();
  const usesTransaction = /\btransaction\./.test(code) && !/const transaction\b/.test(code);
  const known: Record<string, unknown> = {
    ...kafkajs,
    ...parts,
    Kafka: Watched,
    kafka,
    require: (wanted: string) => (wanted === "kafkajs" ? { ...kafkajs, Kafka: Watched } : load(wanted)),
    topic: name,
    topicName: name,
    groupId: "page",
    timestamp: Date.now(),
    ...(usesTransaction ? { transaction: await parts.producer.transaction() } : {}),
  };
  const scope = new Proxy(known, {
    has: (_, key) => typeof key === "string" && !(key in globalThis),
    get: (_, key) => (typeof key === "string" ? (known[key] ?? nothing) : undefined),
  });
  const startsConsumer = /\.run\(/.test(code);
  try {
    if (startsConsumer && !code.includes(".subscribe(")) await parts.consumer.subscribe({ topic: name, fromBeginning: true });
    // oxlint-disable-next-line typescript/no-implied-eval -- running it is the point
    const run = new Function("scope", `with (scope) { return (async () => {\n${code}\n})() }`) as (names: object) => Promise<unknown>;
    await run(scope);
    const deadline = performance.now() + 10_000;
    while (startsConsumer && handled === 0 && crashes.length === 0) {
      if (performance.now() > deadline) throw new Error("its consumer handled nothing");
      await feed();
      await delay(100);
    }
    if (crashes.length > 0) throw crashes[0]!;
    await delay(50);
    if (unheard.length > 0) throw unheard[0];
  } finally {
    await Promise.allSettled([
      ...consumers.map((each) => each.disconnect()),
      ...[parts.producer, parts.admin, feeder].map((each) => each.disconnect()),
    ]);
  }
}

async function nothing(): Promise<void> {}
