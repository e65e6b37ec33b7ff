/**
 * Why something was not seen. `refused`: the cluster does not let this principal see it. `unreachable`: who would know does not answer. `timedOut`: no answer in time. `unsupported`: the cluster has no
 * such call. `notShown`: no call of the Kafka protocol shows it. `absent`: the cluster has no such thing. `notAsked`: it was left out on purpose, or the look's limits were reached before. `failed`: the cluster answered with another error.
 */
export type NotObservedReason = "refused" | "unreachable" | "timedOut" | "unsupported" | "notShown" | "absent" | "notAsked" | "failed";

/** What could not be seen, and why. It never counts as good. */
export interface NotObserved {
  readonly notObserved: NotObservedReason;
  /** A sentence for people. */
  readonly message: string;
}

/** What was seen, or why it was not: there is no third case. Plain JSON. */
export type Observed<Value> = { readonly value: Value } | NotObserved;

/** Something seen. */
export function observed<Value>(value: Value): Observed<Value> {
  return { value };
}

/** Something not seen, and why. */
export function notObserved(reason: NotObservedReason, message: string): NotObserved {
  return { notObserved: reason, message };
}

/** Whether there is a value. */
export function isObserved<Value>(seen: Observed<Value>): seen is { readonly value: Value } {
  return "value" in seen;
}

/** The value, or undefined; for places where what was not seen is told elsewhere. */
export function valueOf<Value>(seen: Observed<Value>): Value | undefined {
  return isObserved(seen) ? seen.value : undefined;
}

/** The seen value changed; what was not seen stays so. */
export function mapObserved<From, To>(seen: Observed<From>, change: (value: From) => To): Observed<To> {
  return isObserved(seen) ? { value: change(seen.value) } : seen;
}
