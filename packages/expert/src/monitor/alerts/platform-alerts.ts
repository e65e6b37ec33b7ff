import { type Alert, steady } from "../alert.ts";

const at = (atMinute: number, ...series: Alert["fires"]["series"]): Alert["fires"] => ({ series, atMinute });
const one = { cluster: "c", broker: "b1" } as const;
const DAY_S = 86_400;

function certificateEnds(name: string, severity: Alert["severity"], days: number): Alert {
  return {
    name,
    severity,
    needs: ["certificateExpiry"],
    forMinutes: 5,
    summary: `A certificate ends within ${days} days`,
    description: "A certificate ends in {{ $value | humanizeDuration }}.",
    labels: ["cluster"],
    expression: (read) => `${read.now("certificateExpiry")} - time() < ${days * DAY_S}`,
    // Tests begin at the time 0.
    fires: at(10, steady("certificateExpiry", days * DAY_S - 60, 15, { cluster: "c" })),
    silent: at(10, steady("certificateExpiry", days * DAY_S + DAY_S, 15, { cluster: "c" })),
    runbook: {
      impact: "From that moment on clients and other brokers refuse the connection, all at once.",
      observe: [{ text: "Which certificates end when?", command: "ottla certs check --help" }],
      act: [
        {
          text: "Issue a new one and put it in the place of the old: Ottla and Kafka's PEM stores take it without a restart after the file or its configuration changes.",
          command: "ottla certs rotate --help",
        },
        { text: "The authority itself ends: issue a new one, trust both everywhere first, then issue from the new one." },
      ],
      verify: [{ text: "Connections work, and the new certificate is shown.", command: "ottla probe <broker>" }],
    },
  };
}

/** What lies around the brokers' logs: connectors, certificates, Ottla's own process. */
export const platformAlerts: readonly Alert[] = [
  certificateEnds("KafkaCertificateEnds", "warning", 30),
  certificateEnds("KafkaCertificateEndsSoon", "critical", 7),
  {
    name: "KafkaConnectTaskFailed",
    severity: "warning",
    rule: "CON-09",
    needs: ["connectorFailedTasks"],
    forMinutes: 5,
    summary: "Tasks of a connector failed",
    description: "{{ $value }} tasks of connector <connector> have failed; nothing starts them again by itself.",
    labels: ["connector"],
    expression: (read) => `${read.by("sum", "connectorFailedTasks", ["connector"], read.now("connectorFailedTasks"))} > 0`,
    fires: at(8, steady("connectorFailedTasks", 1, 12, { connector: "orders-sink" })),
    silent: at(8, steady("connectorFailedTasks", 0, 12, { connector: "orders-sink" })),
    runbook: {
      impact: "Part of the connector's data does not move; a database source that stands keeps the database's log growing.",
      observe: [{ text: "What did the tasks fail with?", command: "ottla connect status <connector>" }],
      act: [
        { text: "A record it cannot convert: errors.tolerance=all with a dead-letter topic, then restart the task." },
        { text: "The other system was away: start what has failed again.", command: "ottla connect restart <connector> --only-failed" },
      ],
      verify: [{ text: "All tasks run.", command: "ottla connect status <connector>" }],
    },
  },
  {
    name: "KafkaTransactionHangs",
    severity: "warning",
    rule: "GRP-16",
    needs: ["oldestTransaction"],
    forMinutes: 2,
    summary: "A transaction is open longer than any may be",
    description: "A transaction is open for {{ $value | humanizeDuration }}; readers of committed records wait behind it.",
    labels: ["cluster", "broker"],
    expression: (read) => `${read.now("oldestTransaction")} > 960`,
    fires: at(6, steady("oldestTransaction", 1000, 10, one)),
    silent: at(6, steady("oldestTransaction", 800, 10, one)),
    runbook: {
      impact: "Consumers with isolation.level=read_committed stand still in the partitions it touches.",
      observe: [{ text: "Which transactions, in which partitions?", command: "ottla transactions find-hanging" }],
      act: [{ text: "Its producer is gone: end the transaction.", command: "ottla transactions abort --help" }],
      verify: [{ text: "None hangs.", command: "ottla transactions find-hanging" }],
    },
  },
  {
    name: "OttlaEventLoopHeld",
    severity: "warning",
    needs: ["eventLoopDelayP99"],
    forMinutes: 5,
    summary: "Ottla's event loop is held",
    description: "99 of 100 turns of the loop wait up to {{ $value | humanizeDuration }}.",
    labels: ["cluster", "broker"],
    expression: (read) => `${read.now("eventLoopDelayP99")} > 0.1`,
    fires: at(10, steady("eventLoopDelayP99", 0.11, 15, one)),
    silent: at(10, steady("eventLoopDelayP99", 0.09, 15, one)),
    runbook: {
      impact: "All clients of this process wait.",
      observe: [{ text: "What does a request take?", command: "ottla perf latency --help" }],
      act: [
        { text: "The machine has other work: look at its load; give the broker a core of its own." },
        { text: "The load is beyond one machine: move to an Apache Kafka cluster; the same services run over it." },
      ],
      verify: [{ text: "The delay is below 50 ms." }],
    },
  },
  {
    name: "OttlaClientsWaitForMemory",
    severity: "warning",
    needs: ["memoryWaiters"],
    forMinutes: 5,
    summary: "Clients wait since the memory held for clients is used up",
    description: "{{ $value }} clients are not read since five minutes.",
    labels: ["cluster", "broker"],
    expression: (read) => `${read.now("memoryWaiters")} > 0`,
    fires: at(10, steady("memoryWaiters", 2, 15, one)),
    silent: at(10, steady("memoryWaiters", 0, 15, one)),
    runbook: {
      impact: "These clients see timeouts.",
      observe: [{ text: "Which clients take most?", command: "ottla doctor --only CLU" }],
      act: [{ text: "A client asks for much and does not read: mend it. Many honest clients: raise ottla.client.memory.bytes." }],
      verify: [{ text: "Nobody waits." }],
    },
  },
  {
    name: "OttlaDiskReadFaults",
    severity: "critical",
    rule: "CLU-10",
    needs: ["readFaults"],
    forMinutes: 0,
    summary: "The disk refuses reads",
    description: "{{ $value }} reads failed within ten minutes.",
    labels: ["cluster", "broker"],
    expression: (read) => `${read.over("increase", "readFaults", "10m")} > 0`,
    fires: at(12, {
      signal: "readFaults",
      labels: one,
      runs: [
        { from: 0, times: 7 },
        { from: 2, times: 10 },
      ],
    }),
    silent: at(12, steady("readFaults", 5, 20, one)),
    runbook: {
      impact: "Records of the affected partitions cannot be read.",
      observe: [{ text: "The broker's log names file, position and partition." }],
      act: [{ text: "Copy what can be read to another disk now, then replace this one." }],
      verify: [{ text: "No new faults." }],
    },
  },
  {
    name: "KafkaThrottleLeftOn",
    severity: "warning",
    rule: "TOP-26",
    needs: ["doctorFindings"],
    forMinutes: 0,
    summary: "A replication throttle was left on",
    description: "Replicas of {{ $value }} topics are throttled although no reassignment runs.",
    labels: ["rule"],
    expression: (read) => `${read.now("doctorFindings", { rule: "TOP-26" })} > 0`,
    fires: at(5, steady("doctorFindings", 1, 10, { rule: "TOP-26" })),
    silent: at(5, steady("doctorFindings", 1, 10, { rule: "TOP-10" })),
    runbook: {
      impact: "After the next restart replicas catch up slowly or never.",
      observe: [{ text: "Which topics and brokers?", command: "ottla doctor --only TOP-26" }],
      act: [{ text: "Remove it.", command: "ottla doctor --only TOP-26 --fix throttles.yaml" }],
      verify: [{ text: "It is gone.", command: "ottla doctor --only TOP-26" }],
    },
  },
];
