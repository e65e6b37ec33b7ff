/** The release of Apache Kafka that all is taken from and compared with: messages, settings, errors, its server and its tools. All its jars are on Maven Central. */
export const kafkaVersion = "4.4.0";

/** The keys a client may send to a broker. Left out: calls between brokers and controllers. */
export const clientApiKeys: ReadonlySet<number> = new Set([
  0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
  40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 55, 57, 60, 61, 64, 65, 66, 68, 69, 71, 72, 74, 75, 76, 77, 78, 79, 80, 81, 88, 89, 90,
  91, 92, 93, 94,
]);

/** Messages that are no requests: embedded data. The records of the coordinators come in addition. */
export const embeddedMessages: ReadonlySet<string> = new Set(["ConsumerProtocolSubscription", "ConsumerProtocolAssignment"]);
