import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, shown } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";

export const describeCluster: RunCommand = (context) =>
  withClient(context, async (client) => {
    const { options, stdout, env } = context;
    const admin = client.admin();
    const [cluster, topics] = await Promise.all([admin.describeCluster(), admin.listTopics({ includeInternal: true })]);
    const described = await admin.describeTopics(topics.map(({ name }) => name));
    const partitions = described.flatMap(({ value }) => value?.partitions ?? []);
    const nodes = cluster.nodes
      .toSorted((a, b) => a.nodeId - b.nodeId)
      .map((node) => ({
        ...node,
        isController: node.nodeId === cluster.controllerId,
        leaders: partitions.filter(({ leader }) => leader === node.nodeId).length,
        replicas: partitions.filter(({ replicas }) => replicas.includes(node.nodeId)).length,
      }));
    const health = {
      topics: topics.length,
      partitions: partitions.length,
      underReplicated: partitions.filter(({ isr, replicas }) => isr.length < replicas.length).length,
      leaderless: partitions.filter(({ leader }) => leader === undefined).length,
    };
    if (options.has("json")) {
      printJson(context, { clusterId: cluster.clusterId, controllerId: cluster.controllerId, nodes, ...health });
      return 0 as const;
    }
    const columns = [
      { title: "node", isNumeric: true },
      { title: "address" },
      { title: "rack" },
      { title: "leads", isNumeric: true },
      { title: "replicas", isNumeric: true },
      { title: "role" },
    ];
    const rows = nodes.map(({ nodeId, host, port, rack, leaders, replicas, isController }) => [
      nodeId,
      `${host}:${port}`,
      rack,
      leaders,
      replicas,
      isController ? "controller" : "",
    ]);
    const style = textStyle(stdout, env);
    const faults = `${health.underReplicated} under-replicated, ${health.leaderless} without a leader`;
    stdout.write(
      `Cluster ${style.bold(shown`${cluster.clusterId ?? "without id"}`)}: ${health.topics} topics, ${health.partitions} partitions, ${faults}.\n`,
    );
    stdout.write(renderTable(columns, rows, style));
    return 0 as const;
  });
