import type { Admin } from "./admin/admin-types.ts";
import type { Consumer, ConsumerOptions } from "./consumer/consumer-types.ts";
import type { Producer, ProducerOptions } from "./producer/producer-types.ts";

/** One program's way to a cluster. What it makes shares metadata and goes with it. */
export interface Client {
  admin(): Admin;
  producer(options?: ProducerOptions): Producer;
  consumer(options?: ConsumerOptions): Consumer;
  /** Closes all that it made, then itself. */
  close(): Promise<void>;
}
