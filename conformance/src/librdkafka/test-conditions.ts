import type { SecureNeed } from "./secure-set-up.ts";

/** `TEST_CONSUMER_GROUP_PROTOCOL=consumer` has the suite's consumers join by KIP-848, as it names it itself. */
export const groupProtocol: string | undefined = process.env["TEST_CONSUMER_GROUP_PROTOCOL"];

/** How long a test may take, where the usual limit cuts off what has not failed: those that wait for timers of minutes. */
const timeLimitsS: readonly (readonly [pattern: RegExp, seconds: number])[] = [
  [/^0113_/, 3_600],
  [/^0098_/, 1_800],
];

/** The test's own limit in seconds; 0: the usual one does. */
export function ownTimeLimitS(name: string): number {
  return timeLimitsS.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
}

/** Settings of the broker that a test needs beside the usual ones: the suite's own cluster has an authorizer that lets everybody do what no ACL speaks of. */
export function ownConfig(name: string): Readonly<Record<string, string>> {
  return /^0081_.*Acls|^0109_|^0115_|^0119_/.test(name)
    ? { "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "allow.everyone.if.no.acl.found": "true" }
    : {};
}

/** What a test needs beside plaintext; undefined where it needs nothing. */
export function secureNeed(resultName: string): SecureNeed | undefined {
  if (resultName.startsWith("0097_")) return "tls";
  if (/^0142_.*oauthbearer$/.test(resultName)) return "oauthbearer";
  return /^0135_|^0142_/.test(resultName) ? "scram" : undefined;
}

/**
 * Faults that our broker plays for a test. librdkafka 2.15.1 forgets to join again when it unsubscribes and subscribes while a revocation waits for its application; 0045 does all three
 * within two milliseconds, so that an answer must take longer than that, as Apache Kafka's does.
 */
export function faultsFor(name: string): readonly object[] {
  const isMet = name.startsWith("0045_") && groupProtocol === "consumer";
  return isMet ? [{ api: "ConsumerGroupHeartbeat", delayMs: 15, late: "answer", times: "always" }] : [];
}

/** What a result says only in part, or under which condition. */
export function restriction(name: string): string {
  return faultsFor(name).length === 0
    ? ""
    : "heartbeats answered after 15 ms: librdkafka forgets to join again when a revocation comes within its unsubscribe";
}
