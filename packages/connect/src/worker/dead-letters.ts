import type { Client, HeaderInput, Producer, ProducerRecord } from "@ottla/client";
import type { ConnectPlace } from "../connect-error.ts";
import { ConnectError } from "../connect-error.ts";
import type { ErrorSettings } from "./task-settings.ts";
import type { WireRecord } from "./pipeline.ts";

const PREFIX = "__connect.errors.";
/** Of a letter that the cluster takes as too large so much of key and value is written. */
const CUT_BYTES = 16_384;
const TOO_LARGE = new Set(["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE", "RECORD_TOO_LARGE"]);
/** More of a trace is not written. */
const TRACE_CHARACTERS_MAX = 10_000;

/** A connector's dead-letter topic: made with the first letter, and written so that a letter is durable before the record it stands for counts as done. */
export class DeadLetters {
  readonly #client: Client;
  readonly #settings: ErrorSettings;
  readonly #topic: string;
  #producer: Producer | undefined;
  #made: Promise<void> | undefined;

  private constructor(client: Client, settings: ErrorSettings, topic: string) {
    this.#client = client;
    this.#settings = settings;
    this.#topic = topic;
  }

  /** Undefined: the connector has none. */
  static of(client: Client, settings: ErrorSettings): DeadLetters | undefined {
    return settings.deadLetterTopic === undefined ? undefined : new DeadLetters(client, settings, settings.deadLetterTopic);
  }

  /** Resolves when the letter is durable. One that is too large for the cluster is cut, and says so. */
  async send(record: WireRecord & { readonly timestampMs?: number | undefined }, place: ConnectPlace, failure: Error): Promise<void> {
    this.#made ??= this.#make().catch((error: unknown) => {
      this.#made = undefined;
      throw error;
    });
    await this.#made;
    this.#producer ??= this.#client.producer({ acks: "all", idempotent: true, lingerMs: 0 });
    const errors = this.#settings.deadLetterHeaders ? errorHeaders(place, failure) : [];
    const letter: ProducerRecord = {
      topic: this.#topic,
      key: record.key,
      value: record.value,
      headers: [...record.headers, ...errors],
      ...(record.timestampMs !== undefined && record.timestampMs >= 0 && { timestamp: record.timestampMs }),
    };
    try {
      await this.#producer.send(letter);
    } catch (error) {
      if (!TOO_LARGE.has(String((error as { readonly code?: unknown }).code))) throw error;
      const bytes = Buffer.from(String(record.value?.length ?? 0));
      await this.#producer.send({
        ...letter,
        key: record.key?.subarray(0, CUT_BYTES) ?? null,
        value: record.value?.subarray(0, CUT_BYTES) ?? null,
        headers: [{ key: `${PREFIX}cut.value.bytes`, value: bytes }, ...errors],
      });
    }
  }

  async close(): Promise<void> {
    // Each letter was waited for: what is still on its way belongs to a task that has failed.
    await this.#producer?.close({ timeoutMs: 5_000 }).catch(() => {});
  }

  async #make(): Promise<void> {
    const admin = this.#client.admin();
    const [found] = await admin.describeTopics([this.#topic]);
    if (found?.error === undefined) return;
    if (found.error.code !== "UNKNOWN_TOPIC_OR_PARTITION") throw found.error;
    const brokers = (await admin.describeCluster()).nodes.length;
    const replicationFactor = Math.max(1, Math.min(this.#settings.deadLetterReplication, brokers));
    const [made] = await admin.createTopics([{ name: this.#topic, partitionCount: 1, replicationFactor }]);
    if (made?.error !== undefined && made.error.code !== "TOPIC_ALREADY_EXISTS") throw made.error;
  }
}

/** What a dead letter tells in its headers, by the names of Apache Connect (KIP-298); the field and our code stand beside them. */
function errorHeaders(place: ConnectPlace, failure: Error): HeaderInput[] {
  const known = failure instanceof ConnectError ? { ...place, ...failure.place } : place;
  const cause = failure.cause instanceof Error ? failure.cause : failure;
  const texts: readonly (readonly [string, string | undefined])[] = [
    ["topic", known.topic],
    ["partition", known.partition?.toString()],
    ["offset", known.offset?.toString()],
    ["connector.name", known.connector],
    ["task.id", known.task?.toString()],
    ["stage", known.stage],
    ["class.name", known.transform],
    ["exception.class.name", cause.name],
    ["exception.message", failure.message],
    ["exception.stacktrace", (failure.stack ?? failure.message).slice(0, TRACE_CHARACTERS_MAX)],
    ["field", known.field],
    ["code", failure instanceof ConnectError ? failure.code : undefined],
  ];
  return texts.flatMap(([name, text]) => (text === undefined ? [] : [{ key: `${PREFIX}${name}`, value: Buffer.from(text) }]));
}
