import type { ToolStep } from "./tool-step.ts";

const transactions = (...args: string[]): ToolStep => ({ tool: "transactions", args });

/** The ids whose transactions stand open, are committed and aborted when {@link transactionSteps} begin. */
export const transactionalIds = { open: "payments-open", committed: "payments-committed", aborted: "orders-aborted" } as const;

/** The producers of the hanging transactions, one in each partition of `third`; the last is aborted by `ottla transactions`. */
export const hangingProducerIds = [700_001, 700_002, 700_003] as const;

const [first, second] = hangingProducerIds.map(String) as [string, string, string];

/** Every verb of `kafka-transactions`, before and after what hangs is aborted. */
export const transactionSteps: readonly ToolStep[] = [
  transactions("list"),
  transactions("list", "--duration-filter", "0"),
  transactions("list", "--duration-filter", "-1"),
  transactions("list", "--duration-filter", "900000000"),
  transactions("list", "--transactional-id-pattern", "payments-.*"),
  transactions("list", "--transactional-id-pattern", "payments"),
  transactions("list", "--transactional-id-pattern", "("),
  transactions("list", "--transactional-id-pattern", "payments-.*", "--duration-filter", "0"),
  ...Object.values(transactionalIds).map((id) => transactions("describe", "--transactional-id", id)),
  transactions("describe", "--transactional-id", "nobody"),
  transactions("describe"),
  transactions("describe-producers", "--topic", "fourth", "--partition", "0"),
  transactions("describe-producers", "--topic", "third", "--partition", "0"),
  transactions("describe-producers", "--topic", "third", "--partition", "1"),
  transactions("describe-producers", "--topic", "third", "--partition", "0", "--broker-id", "1"),
  transactions("describe-producers", "--topic", "third", "--partition", "0", "--broker-id", "77"),
  transactions("describe-producers", "--topic", "third", "--partition", "7"),
  transactions("describe-producers", "--topic", "nowhere", "--partition", "0"),
  transactions("find-hanging", "--topic", "third"),
  transactions("find-hanging", "--topic", "third", "--partition", "0"),
  transactions("find-hanging", "--topic", "third", "--partition", "1"),
  transactions("find-hanging", "--topic", "fourth"),
  transactions("find-hanging", "--topic", "third", "--max-transaction-timeout", "0"),
  transactions("find-hanging", "--topic", "third", "--max-transaction-timeout", "100000"),
  transactions("find-hanging", "--broker-id", "1"),
  transactions("find-hanging", "--broker-id", "1", "--topic", "third"),
  transactions("find-hanging", "--broker-id", "77"),
  transactions("find-hanging", "--topic", "nowhere"),
  transactions("find-hanging", "--partition", "0"),
  transactions("find-hanging"),
  transactions("abort", "--topic", "third", "--partition", "0", "--start-offset", "5"),
  transactions("abort", "--topic", "third", "--partition", "7", "--start-offset", "0"),
  transactions("abort", "--topic", "nowhere", "--partition", "0", "--start-offset", "0"),
  transactions("abort", "--topic", "third", "--partition", "0"),
  transactions("abort", "--topic", "third", "--partition", "0", "--producer-id", first),
  transactions(
    "abort",
    "--topic",
    "third",
    "--partition",
    "1",
    "--producer-id",
    second,
    "--producer-epoch",
    "2",
    "--coordinator-epoch",
    "0",
  ),
  transactions("abort", "--topic", "third", "--partition", "0", "--start-offset", "0"),
  transactions("find-hanging", "--topic", "third"),
  transactions("abort", "--topic", "third", "--partition", "0", "--start-offset", "0"),
  transactions(
    "abort",
    "--topic",
    "third",
    "--partition",
    "1",
    "--producer-id",
    second,
    "--producer-epoch",
    "3",
    "--coordinator-epoch",
    "0",
  ),
  transactions("find-hanging", "--topic", "third", "--max-transaction-timeout", "0"),
  transactions("describe-producers", "--topic", "third", "--partition", "0"),
  transactions("describe-producers", "--topic", "third", "--partition", "1"),
  transactions("forceTerminateTransaction", "--transactionalId", "nobody-yet"),
  transactions("forceTerminateTransaction", "--transactionalId", transactionalIds.open),
  transactions("describe", "--transactional-id", transactionalIds.open),
  transactions("list"),
  transactions("nonsense"),
];
