import type { ClientDeps } from "../../deps.ts";
import { ErrorCode } from "@ottla/protocol";
import { ClientError } from "../../client-error.ts";
import type { Admin } from "../../admin/admin-types.ts";
import type { CallLimit } from "../../cluster/call-limit.ts";
import { isRetriable } from "../../cluster/retries.ts";
import { backoffMs } from "../../net/backoff.ts";
import type { HeaderInput } from "../../producer/record-types.ts";
import type { Producer } from "../../producer/producer-types.ts";
import type { ConsumerRecord } from "../consumer-types.ts";
import { textOf } from "../../thrown.ts";

/** Makes what a run needs beside its consumer; both end with it. */
export interface RunTools {
  producer(): Producer;
  admin(): Admin;
}

/** Sends records that failed to retry topics and dead letters: acknowledged by all in-sync replicas before the offset behind them may be committed. */
export class RecordMover {
  readonly #tools: RunTools;
  readonly #deps: ClientDeps;
  readonly #backoff: { readonly retryBackoffMs: number; readonly retryBackoffMaxMs: number };
  #producer: Producer | undefined;

  constructor(tools: RunTools, deps: ClientDeps, backoff: { readonly retryBackoffMs: number; readonly retryBackoffMaxMs: number }) {
    this.#tools = tools;
    this.#deps = deps;
    this.#backoff = backoff;
  }

  /** Makes the topics that are missing. Tries until the cluster can be asked; throws what time does not heal, and what ends the limit. */
  async createMissing(topics: readonly string[], limit: CallLimit): Promise<void> {
    const admin = this.#tools.admin();
    try {
      for (let failures = 1; ; failures++) {
        try {
          await this.#createOnce(admin, topics);
          return;
        } catch (error) {
          if (!isRetriable(error)) throw error;
          this.#deps.logger.warn("retry and dead-letter topics could not be looked for; trying again", { error: textOf(error) });
        }
        await limit.sleep(backoffMs(failures, this.#backoff.retryBackoffMs, this.#backoff.retryBackoffMaxMs, this.#deps.random));
        limit.throwIfEnded();
      }
    } finally {
      await admin.close();
    }
  }

  async #createOnce(admin: Admin, topics: readonly string[]): Promise<void> {
    const described = await admin.describeTopics(topics);
    const missing: string[] = [];
    for (const { name, error } of described) {
      if (error?.errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) missing.push(name);
      else if (error !== undefined) throw error;
    }
    if (missing.length === 0) return;
    for (const { name, error } of await admin.createTopics(missing.map((topic) => ({ name: topic })))) {
      if (error !== undefined && error.errorCode !== ErrorCode.TOPIC_ALREADY_EXISTS) throw error;
      this.#deps.logger.info("created a topic for records that failed", { topic: name });
    }
  }

  /** Rejects when the record is not known to be written. The time is a new one: by its old one it might be deleted at once. */
  async move(record: ConsumerRecord, topic: string, headers: readonly HeaderInput[]): Promise<void> {
    const producer = (this.#producer ??= this.#tools.producer());
    try {
      await producer.send({ topic, key: record.key, value: record.value, headers });
    } catch (error) {
      if (error instanceof ClientError && error.code === "PRODUCER_FAILED" && this.#producer === producer) {
        this.#producer = undefined;
        void producer.close({ timeoutMs: 0 }).catch(() => {});
      }
      throw error;
    }
  }

  async close(timeoutMs: number): Promise<void> {
    await this.#producer?.close({ timeoutMs });
  }
}
