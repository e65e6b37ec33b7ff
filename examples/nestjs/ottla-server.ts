import { type Client, type Consumer, type ConsumerRecord, createClient, type Producer } from "@ottla/client";
import { type CustomTransportStrategy, Server } from "@nestjs/microservices";
import { isObservable, lastValueFrom } from "rxjs";
import { CORRELATION_ID, ERROR, REPLY_TOPIC, readValue, textHeader, writeValue } from "./wire.ts";

export interface OttlaServerOptions {
  readonly bootstrapServers: string;
  readonly groupId: string;
  /** Handlers at work at the same time. Default 1. */
  readonly concurrency?: number;
}

/** What a handler is given as its context: `@Ctx() record: ConsumerRecord`. */
export type OttlaContext = ConsumerRecord;

/**
 * NestJS's transport of microservices over `@ottla/client`, in place of `Transport.KAFKA`: topics are patterns, `@EventPattern` handlers are at-least-once (a record is committed when its
 * handler has resolved), `@MessagePattern` handlers answer to the topic that the caller's header names. Partitions are never held up by heartbeats.
 */
export class OttlaServer extends Server implements CustomTransportStrategy {
  readonly #options: OttlaServerOptions;
  #client: Client | undefined;
  #consumer: Consumer | undefined;
  #producer: Producer | undefined;

  constructor(options: OttlaServerOptions) {
    super();
    this.#options = options;
  }

  listen(callback: (error?: unknown) => void): void {
    const { bootstrapServers, groupId, concurrency = 1 } = this.#options;
    this.#client = createClient({ bootstrapServers });
    this.#producer = this.#client.producer();
    this.#consumer = this.#client.consumer({ groupId, autoOffsetReset: "earliest" });
    const topics = [...this.messageHandlers.keys()];
    let isListening = false;
    this.#consumer.subscribe(topics, {
      onAssigned: () => {
        if (!isListening) callback();
        isListening = true;
      },
    });
    this.#consumer
      .run({ concurrency, eachRecord: (record) => this.#handle(record), onError: { attempts: 3, otherwise: "skip" } })
      .catch((error: unknown) => {
        if (isListening) this.logger.error(error);
        // oxlint-disable-next-line promise/no-callback-in-promise -- Nest's own way of telling
        else callback(error);
      });
  }

  async close(): Promise<void> {
    await this.#client?.close();
  }

  /** Nest's life-cycle events have no counterpart here. */
  on(): never {
    throw new Error("OttlaServer has no events; give createClient a logger.");
  }

  unwrap<T>(): T {
    return this.#client as T;
  }

  async #handle(record: ConsumerRecord): Promise<void> {
    const handler = this.messageHandlers.get(record.topic);
    if (handler === undefined) return;
    const replyTopic = textHeader(record, REPLY_TOPIC);
    const run = async (): Promise<unknown> => {
      const result: unknown = await handler(readValue(record), record);
      return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
    };
    if (replyTopic === undefined) {
      await run();
      return;
    }
    const headers: Record<string, string> = { [CORRELATION_ID]: textHeader(record, CORRELATION_ID) ?? "" };
    let value: unknown;
    try {
      value = await run();
    } catch (error) {
      headers[ERROR] = JSON.stringify(error instanceof Error ? error.message : error);
    }
    await this.#producer!.send({ topic: replyTopic, key: record.key, value: writeValue(value), headers });
  }
}
