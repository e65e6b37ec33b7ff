import type { Admin, TopicDescription } from "@ottla/client";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, type ResourceFailure, reportFailures, shown } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { type TextStyle, textStyle } from "../../text-style.ts";
import { resourceFailure } from "../../unknown-resources.ts";

export const describeTopics: RunCommand = (context) =>
  withClient(context, async (client) => {
    const admin = client.admin();
    const outcomes = await admin.describeTopics(context.positionals);
    const failures: ResourceFailure[] = outcomes.flatMap(({ name, error }) => (error ? [resourceFailure("topic", name, error)] : []));
    const topics = await Promise.all(outcomes.flatMap(({ value }) => (value ? [detailed(admin, value)] : [])));
    if (context.options.has("json")) printJson(context, topics);
    else context.stdout.write(topics.map((topic) => page(topic, textStyle(context.stdout, context.env))).join("\n"));
    return reportFailures(context, failures);
  });

type Detailed = Awaited<ReturnType<typeof detailed>>;

/** A topic with its offsets and overrides. */
async function detailed(admin: Admin, topic: TopicDescription) {
  const partitions = topic.partitions.map(({ partition }) => ({ topic: topic.name, partition }));
  const [starts, ends, [configs]] = await Promise.all([
    admin.listOffsets(partitions.map((partition) => ({ ...partition, spec: "earliest" as const }))),
    admin.listOffsets(partitions.map((partition) => ({ ...partition, spec: "latest" as const }))),
    admin.describeConfigs([{ type: "topic", name: topic.name }]),
  ]);
  const overrides = (configs?.value ?? []).filter(({ source }) => source === "dynamicTopic");
  return {
    ...topic,
    partitions: topic.partitions.map((partition, i) => ({
      ...partition,
      logStartOffset: starts[i]?.value?.offset,
      logEndOffset: ends[i]?.value?.offset,
    })),
    configs: Object.fromEntries(overrides.map(({ name, value }) => [name, value])),
  };
}

function page({ name, topicId, partitions, configs }: Detailed, style: TextStyle): string {
  const columns = [
    { title: "partition", isNumeric: true },
    { title: "leader", isNumeric: true },
    { title: "epoch", isNumeric: true },
    { title: "replicas" },
    { title: "in sync" },
    { title: "start", isNumeric: true },
    { title: "end", isNumeric: true },
  ];
  const rows = partitions.map((partition) => [
    partition.partition,
    partition.leader,
    partition.leaderEpoch,
    partition.replicas.join(","),
    partition.isr.join(","),
    partition.logStartOffset,
    partition.logEndOffset,
  ]);
  const overrides = Object.entries(configs).map(([key, value]) => shown`  ${key}=${value}\n`);
  return `${style.bold(shown`${name}`)}  ${topicId}\n${overrides.join("")}${renderTable(columns, rows, style)}`;
}
