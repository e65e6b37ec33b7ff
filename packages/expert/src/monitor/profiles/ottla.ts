import { type MetricProfile, metric } from "../metric-profile.ts";
import { strimzi } from "./jmx.ts";

/** Kafka's names are served as Strimzi's rules give them; one process has neither followers nor a quorum. */
const { brokers, offlinePartitions, underMinIsrPartitions, activeControllers, uncleanElections, offlineLogDirs, uncleanablePartitions } =
  strimzi.signals;
const { handlerIdle, networkIdle, produceP99, fetchP99, bytesIn, bytesOut, messagesIn, connections, leaders } = strimzi.signals;
const present = <Source>(source: Source | undefined): Source => source!;

/** Ottla's own endpoint (`--metrics-port`), and what `ottla lag` and `ottla doctor` print with `--prometheus`. */
export const ottla: MetricProfile = {
  name: "ottla",
  summary: "Ottla's broker (--metrics-port), `ottla lag` and `ottla doctor` (--prometheus)",
  scrape:
    "the broker's --metrics-port; what `ottla lag --prometheus --for 30` and `ottla doctor --prometheus` print, once a minute, by node_exporter's textfile collector",
  labels: { broker: "instance" },
  signals: {
    targetUp: metric("up", { where: { job: "~.*(kafka|ottla).*" } }),
    brokers: present(brokers),
    offlinePartitions: present(offlinePartitions),
    underMinIsrPartitions: present(underMinIsrPartitions),
    activeControllers: present(activeControllers),
    uncleanElections: present(uncleanElections),
    offlineLogDirs: present(offlineLogDirs),
    uncleanablePartitions: present(uncleanablePartitions),
    handlerIdle: present(handlerIdle),
    networkIdle: present(networkIdle),
    produceP99: present(produceP99),
    fetchP99: present(fetchP99),
    bytesIn: present(bytesIn),
    bytesOut: present(bytesOut),
    messagesIn: present(messagesIn),
    connections: present(connections),
    leaders: present(leaders),
    groupLag: metric("ottla_group_partition_lag_records"),
    groupLagSeconds: metric("ottla_group_lag_seconds"),
    groupLossSeconds: metric("ottla_group_loss_seconds"),
    groupStatus: metric("ottla_group_partition_status"),
    groupMembers: metric("ottla_group_members"),
    groupCommitted: metric("ottla_group_partition_committed_offset"),
    oldestTransaction: metric("ottla_transaction_oldest_seconds"),
    eventLoopDelayP99: metric("nodejs_eventloop_lag_p99_seconds"),
    memoryWaiters: metric("ottla_client_memory_waiters"),
    readFaults: metric("ottla_log_read_faults_total"),
    doctorFindings: metric("ottla_doctor_findings"),
  },
};
