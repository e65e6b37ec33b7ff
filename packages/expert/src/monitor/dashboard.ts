import type { SignalName } from "./signal.ts";
import type { SignalReader } from "./signal-reader.ts";

/** One line, or one family of lines, of a panel. */
interface PanelQuery {
  readonly expression: string;
  /** Grafana's template: `{{group}}`. */
  readonly legend: string;
}

/** A panel as data; it is left out when the profiles lack what it needs. */
export interface Panel {
  readonly title: string;
  /** What the eye should look for. */
  readonly description: string;
  readonly needs: readonly SignalName[];
  readonly kind: "timeseries" | "stat";
  /** Grafana's word: short, bytes, Bps, s, percentunit. */
  readonly unit: string;
  /** From here on it is orange and red. */
  readonly thresholds?: { readonly warning?: number; readonly critical?: number; readonly isLowBad?: boolean };
  readonly queries: (read: SignalReader) => readonly PanelQuery[];
}

export interface DashboardRow {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Dashboard {
  /** File name and Grafana's uid. */
  readonly name: string;
  readonly title: string;
  readonly rows: readonly DashboardRow[];
}

const legend = (read: SignalReader, signal: SignalName, ...labels: readonly ("broker" | "group" | "topic" | "cluster")[]): string =>
  labels.map((label) => `{{${read.label(label, signal)}}}`).join(" ");

function count(title: string, description: string, signal: SignalName, aggregate: "sum" | "max", thresholds: Panel["thresholds"]): Panel {
  return {
    title,
    description,
    needs: [signal],
    kind: "stat",
    unit: "short",
    ...(thresholds && { thresholds }),
    queries: (read) => [{ expression: `${aggregate}(${read.now(signal)})`, legend: title }],
  };
}

function perBroker(title: string, description: string, signal: SignalName, unit: string, of: "now" | "rate"): Panel {
  return {
    title,
    description,
    needs: [signal],
    kind: "timeseries",
    unit,
    queries: (read) => [
      {
        expression: read.by(
          of === "now" ? "max" : "sum",
          signal,
          ["broker"],
          of === "now" ? read.now(signal) : read.over("rate", signal, "5m"),
        ),
        legend: legend(read, signal, "broker"),
      },
    ],
  };
}

const clusterDashboard: Dashboard = {
  name: "kafka-cluster",
  title: "Kafka: cluster",
  rows: [
    {
      title: "Is it well?",
      panels: [
        count("Brokers", "Fewer than yesterday: one is missing.", "brokers", "max", undefined),
        count("Offline partitions", "Above 0: nobody can read or write them.", "offlinePartitions", "max", { critical: 1 }),
        count("Below min ISR", "Above 0: acks=all is refused.", "underMinIsrPartitions", "sum", { critical: 1 }),
        count("Under-replicated", "Above 0 for minutes: replicas are behind.", "underReplicatedPartitions", "sum", { warning: 1 }),
        count("Active controllers", "Exactly 1.", "activeControllers", "sum", { critical: 2 }),
        count("Offline log directories", "Above 0: a disk failed.", "offlineLogDirs", "sum", { critical: 1 }),
      ],
    },
    {
      title: "Traffic",
      panels: [
        perBroker("Bytes in", "Even among brokers, unless leaders or keys are skewed.", "bytesIn", "Bps", "rate"),
        perBroker("Bytes out", "Consumers' reads; replication is not in it.", "bytesOut", "Bps", "rate"),
        perBroker("Records in", "", "messagesIn", "short", "rate"),
        perBroker("Leaders", "Even among brokers; else elect the preferred ones.", "leaders", "short", "now"),
      ],
    },
    {
      title: "Latency and load",
      panels: [
        perBroker("Produce p99", "Whole time in the broker, waiting for followers included.", "produceP99", "s", "now"),
        perBroker("Fetch p99", "Up to fetch.max.wait.ms when there is little to read.", "fetchP99", "s", "now"),
        {
          ...perBroker("Request handlers idle", "Below 30 %: requests queue.", "handlerIdle", "percentunit", "now"),
          thresholds: { warning: 0.3, critical: 0.2, isLowBad: true },
        },
        {
          ...perBroker("Network processors idle", "Below 30 %: TLS or connections cost too much.", "networkIdle", "percentunit", "now"),
          thresholds: { warning: 0.3, critical: 0.2, isLowBad: true },
        },
        perBroker("Connections", "A steady climb is a leak in a client.", "connections", "short", "now"),
        perBroker("Event loop p99", "Ottla: above 0.1 s something holds the loop.", "eventLoopDelayP99", "s", "now"),
      ],
    },
    {
      title: "Replication and disk",
      panels: [
        perBroker("ISR shrinks", "More than a few an hour: a slow disk, long pauses, a bad network.", "isrShrinks", "short", "rate"),
        perBroker("ISR expands", "Follows the shrinks; else replicas do not come back.", "isrExpands", "short", "rate"),
        {
          title: "Disk used",
          description: "Above 80 %: act. The loss of the largest broker must fit onto the others.",
          needs: ["diskAvailable", "diskCapacity"],
          kind: "timeseries",
          unit: "percentunit",
          thresholds: { warning: 0.8, critical: 0.9 },
          queries: (read) => [
            {
              expression: `1 - ${read.now("diskAvailable")} / ${read.now("diskCapacity")}`,
              legend: legend(read, "diskAvailable", "broker"),
            },
          ],
        },
      ],
    },
  ],
};

const groupDashboard: Dashboard = {
  name: "kafka-groups",
  title: "Kafka: groups",
  rows: [
    {
      title: "Who is behind",
      panels: [
        {
          title: "Lag, in time",
          description: "Age of the oldest record that was not read. This is what users feel.",
          needs: ["groupLagSeconds"],
          kind: "timeseries",
          unit: "s",
          queries: (read) => [
            {
              expression: read.by("max", "groupLagSeconds", ["group"], read.now("groupLagSeconds")),
              legend: legend(read, "groupLagSeconds", "group"),
            },
          ],
        },
        {
          title: "Lag, in records",
          description: "Its shape counts, not its size: a line that only rises is a group that does not catch up.",
          needs: ["groupLag"],
          kind: "timeseries",
          unit: "short",
          queries: (read) => [
            {
              expression: read.by("sum", "groupLag", ["group", "topic"], read.now("groupLag")),
              legend: legend(read, "groupLag", "group", "topic"),
            },
          ],
        },
        {
          title: "Until retention takes unread records",
          description: "Below six hours: raise retention first.",
          needs: ["groupLossSeconds"],
          kind: "timeseries",
          unit: "s",
          thresholds: { critical: 21_600, isLowBad: true },
          queries: (read) => [
            {
              expression: read.by("min", "groupLossSeconds", ["group"], read.now("groupLossSeconds")),
              legend: legend(read, "groupLossSeconds", "group"),
            },
          ],
        },
      ],
    },
    {
      title: "What they do",
      panels: [
        {
          title: "Records handled",
          description: "Commits forward per second.",
          needs: ["groupCommitted"],
          kind: "timeseries",
          unit: "short",
          queries: (read) => [
            {
              expression: read.by("sum", "groupCommitted", ["group", "topic"], read.over("rate", "groupCommitted", "5m")),
              legend: legend(read, "groupCommitted", "group", "topic"),
            },
          ],
        },
        {
          title: "Members",
          description: "0 with lag: the application is down. A saw: it crashes and comes back.",
          needs: ["groupMembers"],
          kind: "timeseries",
          unit: "short",
          queries: (read) => [
            {
              expression: read.by("max", "groupMembers", ["group"], read.now("groupMembers")),
              legend: legend(read, "groupMembers", "group"),
            },
          ],
        },
      ],
    },
  ],
};

export const dashboards: readonly Dashboard[] = [clusterDashboard, groupDashboard];
