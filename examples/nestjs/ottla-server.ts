import { type Client, type Consumer, type ConsumerRecord, createClient, type Producer } from "@ottla/client";
import { type CustomTransportStrategy, Server, type WritePacket } from "@nestjs/microservices";
import { catchError, concatMap, defaultIfEmpty, defer, endWith, isObservable, lastValueFrom, map, mergeAll, of, pairwise } from "rxjs";
import { CORRELATION_ID, ERROR, LAST_ANSWER, REPLY_PARTITION, REPLY_TOPIC, readValue, textHeader, writeValue } from "./wire.ts";

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
    if (replyTopic === undefined || handler.isEventHandler === true) {
      const result: unknown = await handler(readValue(record), record);
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
      return;
    }
    await lastValueFrom(
      defer(async () => this.transformToObservable(await handler(readValue(record), record))).pipe(
        mergeAll(),
        map((response: unknown): WritePacket => ({ response })),
        catchError((err: unknown) => of<WritePacket>({ err })),
        // The last answer must say that it is the last, so one is always held back.
        endWith(undefined),
        pairwise(),
        map(([answer, next]) => ({ ...answer, isDisposed: next === undefined })),
        defaultIfEmpty({ isDisposed: true }),
        concatMap((answer: WritePacket) => this.#answer(record, replyTopic, answer)),
      ),
    );
  }

  async #answer(record: ConsumerRecord, topic: string, { response, err, isDisposed }: WritePacket): Promise<void> {
    const headers: Record<string, string> = { [CORRELATION_ID]: textHeader(record, CORRELATION_ID) ?? "" };
    if (err !== undefined) headers[ERROR] = writeValue(err instanceof Error ? err.message : err) ?? "";
    if (isDisposed) headers[LAST_ANSWER] = "";
    const partition = textHeader(record, REPLY_PARTITION);
    await this.#producer!.send({
      topic,
      ...(partition === undefined ? {} : { partition: Number(partition) }),
      key: record.key,
      value: writeValue(response),
      headers,
    });
  }
}
