import type { TransactionDescription } from "@ottla/client";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, type ResourceFailure, reportFailures, shown } from "../../output.ts";
import { type TextStyle, textStyle } from "../../text-style.ts";
import { resourceFailure } from "../../unknown-resources.ts";

export const describeTransactions: RunCommand = (context) =>
  withClient(context, async (client) => {
    const { options, positionals, stdout, env } = context;
    const outcomes = await client.admin().describeTransactions(positionals);
    const failures: ResourceFailure[] = outcomes.flatMap(({ name, error }) =>
      error ? [resourceFailure("transactional id", name, error)] : [],
    );
    const transactions = outcomes.flatMap(({ value }) => (value ? [value] : []));
    if (options.has("json")) printJson(context, transactions);
    else stdout.write(transactions.map((transaction) => page(transaction, Date.now(), textStyle(stdout, env))).join("\n"));
    return reportFailures(context, failures);
  });

function page(transaction: TransactionDescription, nowMs: number, style: TextStyle): string {
  const { transactionalId, state, producerId, producerEpoch, timeoutMs, startTimestamp, partitions, coordinator } = transaction;
  const lines = [
    shown`${style.bold(transactionalId)}  ${state}, producer ${producerId} epoch ${producerEpoch}, coordinator ${coordinator}`,
    `timeout ${timeoutMs} ms`,
  ];
  if (startTimestamp !== undefined) {
    const isOpen = state === "Ongoing" || state.startsWith("Prepare");
    const lasting = isOpen ? `, open for ${Math.max(0, nowMs - startTimestamp)} ms` : "";
    lines.push(`began ${new Date(startTimestamp).toISOString()}${lasting}`);
  }
  const byTopic = Map.groupBy(partitions, ({ topic }) => topic);
  for (const [topic, entries] of byTopic) lines.push(shown`${topic}: ${entries.map(({ partition }) => partition).join(", ")}`);
  return `${lines.join("\n  ")}\n`;
}
