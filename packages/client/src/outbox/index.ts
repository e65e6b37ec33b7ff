// @ottla/client/outbox: rows of a database become records, each once.
export type * from "./outbox-types.ts";
export { OutboxPublisher } from "./outbox-publisher.ts";
