import { type Clock, OttlaError } from "@ottla/base";
import type { Admin } from "@ottla/client";
import { RegistryError } from "../registry-error.ts";

/** Which topic, and who looks after it until when. */
export interface TopicUpkeepOptions {
  readonly admin: () => Pick<Admin, "createTopics" | "describeCluster" | "describeConfigs" | "describeTopics">;
  readonly topic: string;
  /** 3, or as many as there are brokers. */
  readonly replicationFactor: number | undefined;
  readonly clock: Clock;
  /** Aborted: nothing more is waited for. */
  readonly signal: AbortSignal;
}

const MOST_REPLICAS = 3;
/** Brokers hear one after another of a topic that was made or deleted: so long what one of them says of it may be old. */
const HEARSAY_MS = 2_000;
/** Until the last broker has heard of a topic that was made. */
const MADE_KNOWN_MS = 15_000;
const ASK_AGAIN_MS = 100;
/** For an answer that a change waits for. */
const ASK_MS = 10_000;

/** Whether a registry's topic is there, is as it must be, and is still the same; and makes it. */
export class TopicUpkeep {
  readonly #admin: TopicUpkeepOptions["admin"];
  readonly #topic: string;
  readonly #replicationFactor: number | undefined;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;

  constructor({ admin, topic, replicationFactor, clock, signal }: TopicUpkeepOptions) {
    this.#admin = admin;
    this.#topic = topic;
    this.#replicationFactor = replicationFactor;
    this.#clock = clock;
    this.#signal = signal;
  }

  /**
   * The topic's id; undefined where the broker that was asked knows none.
   * @throws RegistryError `REGISTRY_UNSUITABLE_TOPIC` with the command that mends it
   */
  async find(): Promise<string | undefined> {
    const admin = this.#admin();
    const signal = this.#signal;
    const [described] = await admin.describeTopics([this.#topic], { signal });
    if (described?.error?.code === "UNKNOWN_TOPIC_OR_PARTITION") return undefined;
    if (described?.error !== undefined) throw described.error;
    const partitions = described?.value.partitions.length ?? 0;
    if (partitions !== 1) {
      const remedy = `Copy its records to a topic with one: ottla topics create ${this.#topic}-2 --partitions 1 --config cleanup.policy=compact`;
      throw new RegistryError(
        "REGISTRY_UNSUITABLE_TOPIC",
        `The topic "${this.#topic}" has ${partitions} partitions, and a registry needs one. ${remedy}`,
      );
    }
    const [configs] = await admin.describeConfigs([{ type: "topic", name: this.#topic }], { signal });
    // Another broker was asked, which has not heard of it.
    if (configs?.error?.code === "UNKNOWN_TOPIC_OR_PARTITION") return undefined;
    if (configs?.error !== undefined) throw configs.error;
    const policy = configs?.value.find(({ name }) => name === "cleanup.policy")?.value;
    if (policy === "compact") return described?.value.topicId;
    const remedy = `Set it: ottla configs set topic ${this.#topic} cleanup.policy=compact`;
    throw new RegistryError(
      "REGISTRY_UNSUITABLE_TOPIC",
      `The topic "${this.#topic}" has cleanup.policy=${policy ?? "?"}, by which schemas would be lost. ${remedy}`,
    );
  }

  /**
   * Makes the topic and gives its id. Another instance may be quicker; what it made is looked at as any other, as soon as brokers have heard of it.
   * @throws RegistryError `REGISTRY_UNSUITABLE_TOPIC`
   */
  async make(): Promise<string> {
    const admin = this.#admin();
    const signal = this.#signal;
    const brokers = (await admin.describeCluster({ signal })).nodes.length;
    const replicationFactor = this.#replicationFactor ?? Math.min(MOST_REPLICAS, brokers);
    const configs = { "cleanup.policy": "compact" };
    const [created] = await admin.createTopics([{ name: this.#topic, partitionCount: 1, replicationFactor, configs }], { signal });
    if (created?.error !== undefined && created.error.code !== "TOPIC_ALREADY_EXISTS") throw created.error;
    const until = this.#clock.monotonicMs() + MADE_KNOWN_MS;
    for (let id = created?.value?.topicId; ; id = await this.find()) {
      if (id !== undefined) return id;
      if (this.#clock.monotonicMs() < until && (await this.paused(ASK_AGAIN_MS))) continue;
      throw new Error(`the topic "${this.#topic}" is there, and no broker that was asked within ${MADE_KNOWN_MS} ms has heard of it`);
    }
  }

  /**
   * Holds the topic to be the one of this id.
   * @throws RegistryError `REGISTRY_NOT_READY` for one that is gone or another, as brokers say again and again: one of them alone may have heard late
   */
  async requireSame(id: string | undefined): Promise<void> {
    const until = this.#clock.monotonicMs() + HEARSAY_MS;
    for (;;) {
      const [described] = await this.#admin().describeTopics([this.#topic], { signal: this.#signal, timeoutMs: ASK_MS });
      if (described?.error === undefined ? described?.value.topicId === id : described.error.code !== "UNKNOWN_TOPIC_OR_PARTITION") return;
      if (this.#clock.monotonicMs() < until && (await this.paused(ASK_AGAIN_MS))) continue;
      const what = described?.error === undefined ? "deleted and made anew" : "deleted";
      throw new RegistryError(
        "REGISTRY_NOT_READY",
        `The topic "${this.#topic}" was ${what}; its schemas are gone unless a dump is restored.`,
      );
    }
  }

  /** False when the registry stops. */
  paused(pauseMs: number): Promise<boolean> {
    const signal = this.#signal;
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel();
        resolve(false);
      };
      const timer = this.#clock.schedule(pauseMs, () => {
        signal.removeEventListener("abort", end);
        resolve(!signal.aborted);
      });
      if (signal.aborted) end();
      else signal.addEventListener("abort", end, { once: true });
    });
  }
}

/** What a login lacks is told with all that it needs; any other error as it is. */
export function withRights(error: unknown, topic: string, transactionalId: string): unknown {
  if (!(error instanceof OttlaError) || !error.code.endsWith("AUTHORIZATION_FAILED")) return error;
  const needs = `Create, Describe, DescribeConfigs, Read and Write on the topic "${topic}", Describe and Write on the transactional id "${transactionalId}"`;
  return new RegistryError(
    "REGISTRY_STORE_FAILED",
    `The registry's login at the cluster lacks a right (${error.code}): it needs ${needs}.`,
    { cause: error },
  );
}
