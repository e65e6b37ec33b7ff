import type { Admin, TopicPartition } from "@ottla/client";
import { INT32_MAX, type RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import { parseSelection, resolveSelections } from "../offsets/partition-selection.ts";
import { hangingAmong, type OpenTransaction, openTransactions } from "./hanging-transactions.ts";

const MINUTE_MS = 60_000;
const MAX_TIMEOUT_MINUTES = 15;

export const findHanging: RunCommand = (context) => {
  const { options, stdout, stderr, env } = context;
  const selections = options.texts("topic").map(parseSelection);
  const broker = options.integer("broker", 0, INT32_MAX);
  const maxMs = (options.integer("max-timeout-minutes", 0, INT32_MAX) ?? MAX_TIMEOUT_MINUTES) * MINUTE_MS;
  return withClient(context, async (client) => {
    const admin = client.admin();
    const nowMs = Date.now();
    const partitions = selections.length > 0 ? await resolveSelections(admin, selections) : await allPartitions(admin);
    const wanted = broker === undefined ? partitions : await ledBy(admin, partitions, broker);
    const described = await admin.describeProducers(wanted);
    for (const { topic, partition, error } of described) {
      if (error) stderr.write(`${topic}-${partition} could not be looked at: ${error.message} (${error.code})\n`);
    }
    const open = described.flatMap(({ value, ...at }) => (value ? openTransactions(at, value) : []));
    const hanging = await hangingAmong(
      admin,
      open.filter(({ lastTimestamp }) => nowMs - lastTimestamp > maxMs),
    );
    if (options.has("json")) printJson(context, hanging);
    else if (hanging.length === 0) stdout.write("No transaction hangs.\n");
    else
      stdout.write(
        renderTable(
          columns,
          hanging.map((transaction) => row(transaction, nowMs)),
          textStyle(stdout, env),
        ),
      );
    return hanging.length > 0 || described.some(({ error }) => error) ? 1 : 0;
  });
};

const columns = [
  { title: "topic" },
  { title: "partition", isNumeric: true },
  { title: "producer id", isNumeric: true },
  { title: "producer epoch", isNumeric: true },
  { title: "coordinator epoch", isNumeric: true },
  { title: "start offset", isNumeric: true },
  { title: "last record" },
  { title: "minutes", isNumeric: true },
];

function row(transaction: OpenTransaction, nowMs: number) {
  const { topic, partition, producerId, producerEpoch, coordinatorEpoch, startOffset, lastTimestamp } = transaction;
  const minutes = Math.floor((nowMs - lastTimestamp) / MINUTE_MS);
  return [topic, partition, producerId, producerEpoch, coordinatorEpoch, startOffset, new Date(lastTimestamp).toISOString(), minutes];
}

async function allPartitions(admin: Admin): Promise<TopicPartition[]> {
  const topics = await admin.listTopics({ includeInternal: true });
  return topics.flatMap(({ name, partitionCount }) =>
    Array.from({ length: partitionCount }, (_, partition) => ({ topic: name, partition })),
  );
}

async function ledBy(admin: Admin, partitions: readonly TopicPartition[], broker: number): Promise<TopicPartition[]> {
  const described = await admin.describeTopics([...new Set(partitions.map(({ topic }) => topic))]);
  const leaders = new Map(
    described.map(({ name, value }) => [name, new Map(value?.partitions.map((each) => [each.partition, each.leader]))]),
  );
  return partitions.filter(({ topic, partition }) => leaders.get(topic)?.get(partition) === broker);
}
