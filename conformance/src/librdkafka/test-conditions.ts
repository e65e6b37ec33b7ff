import { KAFKA_VERSION } from "../kafka/jars.ts";

/** How long a test may take, where the usual limit cuts off what has not failed: those that wait for timers of minutes. */
const timeLimitsS: readonly (readonly [pattern: RegExp, seconds: number])[] = [
  [/^0113_/, 3_600],
  [/^0098_/, 1_800],
];

/** The test's own limit in seconds; 0: the usual one does. */
export function ownTimeLimitS(name: string): number {
  return timeLimitsS.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
}

/** Which version the suite takes the broker for. Told of one without a tool for ACLs, 0109 leaves out its half that needs them and still runs the other. */
export function brokerVersion(name: string): string {
  return name.startsWith("0109_") ? "2.0.0" : KAFKA_VERSION;
}

/** What a result says only in part. */
export function restriction(name: string): string {
  return name.startsWith("0109_") ? "without the half of its cases that needs ACLs (security)" : "";
}
