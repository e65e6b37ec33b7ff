import { randomUUID } from "node:crypto";
import { type Client, type Consumer, createClient, type Producer } from "@ottla/client";
import { ClientProxy, type ReadPacket, type WritePacket } from "@nestjs/microservices";
import { CORRELATION_ID, ERROR, LAST_ANSWER, REPLY_TOPIC, readText, readValue, textHeader, writeValue } from "./wire.ts";

export interface OttlaClientOptions {
  readonly bootstrapServers: string;
  /** Where answers to this instance go. Made when it is missing; every instance reads all of it and takes what is its own. */
  readonly replyTopic: string;
}

/** `emit` sends an event; `send` waits for the answer of a `@MessagePattern` handler. */
export class OttlaClientProxy extends ClientProxy {
  readonly #options: OttlaClientOptions;
  readonly #waiting = new Map<string, (packet: WritePacket) => void>();
  #client: Client | undefined;
  #producer: Producer | undefined;
  #connecting: Promise<void> | undefined;

  constructor(options: OttlaClientOptions) {
    super();
    this.#options = options;
  }

  connect(): Promise<void> {
    return (this.#connecting ??= this.#connect());
  }

  async close(): Promise<void> {
    await this.#client?.close();
    this.#connecting = undefined;
    this.#refuse(new Error("The caller was closed before the answer came."));
  }

  on(): never {
    throw new Error("OttlaClientProxy has no events; give createClient a logger.");
  }

  unwrap<T>(): T {
    return this.#client as T;
  }

  protected override async dispatchEvent<T>({ pattern, data }: ReadPacket): Promise<T> {
    return (await this.#producer!.send({ topic: String(pattern), value: writeValue(data) })) as T;
  }

  protected override publish({ pattern, data }: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const id = randomUUID();
    this.#waiting.set(id, callback);
    const headers = { [CORRELATION_ID]: id, [REPLY_TOPIC]: this.#options.replyTopic };
    this.#producer!.send({ topic: String(pattern), value: writeValue(data), headers }).catch((err: unknown) => {
      this.#waiting.delete(id);
      // oxlint-disable-next-line promise/no-callback-in-promise -- Nest's own way of telling
      callback({ err });
    });
    return () => void this.#waiting.delete(id);
  }

  async #connect(): Promise<void> {
    const { bootstrapServers, replyTopic } = this.#options;
    this.#client = createClient({ bootstrapServers });
    this.#producer = this.#client.producer();
    const admin = this.#client.admin();
    await admin.createTopics([{ name: replyTopic, partitionCount: 1 }]);
    const consumer: Consumer = this.#client.consumer();
    consumer.assign([{ topic: replyTopic, partition: 0 }]);
    consumer.seekToEnd();
    await consumer.position({ topic: replyTopic, partition: 0 });
    void this.#readReplies(consumer);
  }

  async #readReplies(consumer: Consumer): Promise<void> {
    try {
      for await (const record of consumer.records()) {
        const id = textHeader(record, CORRELATION_ID) ?? "";
        const err = textHeader(record, ERROR);
        const isDisposed = err !== undefined || record.headers.some(({ key }) => key === LAST_ANSWER);
        const answer = this.#waiting.get(id);
        if (isDisposed) this.#waiting.delete(id);
        answer?.(err === undefined ? { response: readValue(record), isDisposed } : { err: readText(err), isDisposed });
      }
    } catch (err) {
      this.#refuse(err);
    }
  }

  #refuse(err: unknown): void {
    const answers = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const answer of answers) answer({ err });
  }
}
