import type { Client } from "@ottla/client";
import { ConnectError } from "../connect-error.ts";
import { ruleFor, type TopicRule } from "../plugin/topic-creation.ts";

/** Makes the topics of a source that has rules for them, each once; without rules the cluster makes them as it likes. */
export class TopicMaker {
  readonly #client: Client;
  readonly #rules: readonly TopicRule[] | undefined;
  readonly #onTopic: (topic: string) => void;
  readonly #known = new Set<string>();

  constructor(client: Client, rules: readonly TopicRule[] | undefined, onTopic: (topic: string) => void) {
    this.#client = client;
    this.#rules = rules;
    this.#onTopic = onTopic;
  }

  /** Undefined: it is known to be there. */
  ensure(topic: string): Promise<void> | undefined {
    if (this.#known.has(topic)) return undefined;
    return this.#make(topic);
  }

  async #make(topic: string): Promise<void> {
    const rule = this.#rules === undefined ? undefined : ruleFor(this.#rules, topic);
    if (rule !== undefined) await this.#create(topic, rule);
    this.#known.add(topic);
    this.#onTopic(topic);
  }

  async #create(topic: string, { partitionCount, replicationFactor, configs }: TopicRule): Promise<void> {
    const admin = this.#client.admin();
    const [found] = await admin.describeTopics([topic]);
    if (found?.error === undefined) return;
    if (found.error.code !== "UNKNOWN_TOPIC_OR_PARTITION") throw found.error;
    const [made] = await admin.createTopics([
      { name: topic, ...(partitionCount > 0 && { partitionCount }), ...(replicationFactor > 0 && { replicationFactor }), configs },
    ]);
    if (made?.error === undefined || made.error.code === "TOPIC_ALREADY_EXISTS") return;
    throw new ConnectError("CONNECT_SOURCE", `The topic "${topic}" could not be made by its topic.creation rule: ${made.error.message}`, {
      cause: made.error,
    });
  }
}
