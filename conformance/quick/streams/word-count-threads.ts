import assert from "node:assert/strict";
import { type Logger, silentLogger } from "@ottla/base";
import { type ApplicationOptions, type StreamsApplication, streams } from "@ottla/streams";
import { type Kafka, startKafka } from "@ottla/testing";
import { impatientSettings, isCountedOnce } from "./known-answers.ts";
import { countsAre, countsWritten } from "./word-count.ts";

/** The topology's module. */
export const module = new URL("./word-count-module.ts", import.meta.url);
/** Records of the topic `lines`, each with a key of its own. */
export const lines = (...values: string[]) => values.map((value, index) => ({ key: String(index), value }));

/** The word count on two threads, impatient, exactly once. */
export function wordCounts(
  kafka: Kafka,
  options: Partial<ApplicationOptions> = {},
  data: object = {},
  logger: Logger = silentLogger,
): StreamsApplication {
  return streams(
    { module, data: { obeyed: new SharedArrayBuffer(100), ...data } },
    {
      applicationId: "threads",
      bootstrapServers: kafka.bootstrapServers,
      guarantee: "exactlyOnce",
      commitIntervalMs: 20,
      cacheMaxBytes: 0,
      sessionTimeoutMs: 1_000,
      heartbeatIntervalMs: 100,
      transactionTimeoutMs: 2_000,
      workers: 2,
      ...options,
    },
    { logger },
  );
}

export const cluster = () => startKafka({ topics: { lines: 4, words: 1 }, settings: impatientSettings, deadlineMs: 30_000 });

/** Members of its group. */
export async function memberCount(kafka: Kafka, groupId = "threads"): Promise<number> {
  const [group] = await kafka.client().admin().describeGroups([groupId]);
  return group?.value?.members.length ?? 0;
}

/**
 * A thread dies of an order, so many times, and another takes its place; the other one goes on, and each word counts once.
 * @param order `!throw`, `!exit`, `!timer` or `!eat`
 * @param message what the error says that the application is told
 */
export async function diesAndIsReplaced(order: string, message: RegExp, rounds: number): Promise<void> {
  await using kafka = await cluster();
  const errors: Error[] = [];
  await using app = wordCounts(kafka, {
    workerLimits: { maxOldGenerationSizeMb: 96 },
    onError: { fatal: (error) => (errors.push(error), "restart") },
  });
  await app.start();
  const all: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const words = Array.from({ length: 20 }, (_, i) => `w${i % 4} w${i % 3}`);
    all.push(...words);
    await kafka.topic("lines").produce(lines(...words.slice(0, 10), `${order} ${round}`, ...words.slice(10)));
    await kafka.until("it died", async () => errors.length === round + 1);
  }
  const expected = new Map<string, number>();
  for (const word of all.join(" ").split(" ")) expected.set(word, (expected.get(word) ?? 0) + 1);
  assert.equal(isCountedOnce(await countsAre(kafka, Object.fromEntries(expected)), expected), undefined);
  await kafka.until("all run", async () => app.state === "RUNNING");
  for (const error of errors) assert.match(error.message, message);
  assert.equal(await memberCount(kafka), 2);
  await app.close();
  assert.equal(isCountedOnce(await countsWritten(kafka), expected), undefined);
}
