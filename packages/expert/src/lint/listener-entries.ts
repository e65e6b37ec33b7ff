/** What a listener's document says besides Kafka's settings, under names that are none of Kafka's. */
export const LISTENER = {
  /** By what it may commit: `Acknowledgment`, `Consumer`, or `nothing`. */
  acknowledges: "listener.acknowledges",
  ackMode: "listener.ack-mode",
  concurrency: "listener.concurrency",
  factory: "listener.container-factory",
  topic: "listener.topic",
} as const;
