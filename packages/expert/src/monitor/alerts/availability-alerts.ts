import { type Alert, climbing, steady } from "../alert.ts";

const at = (atMinute: number, ...series: Alert["fires"]["series"]): Alert["fires"] => ({ series, atMinute });
const one = { cluster: "c", broker: "b1" } as const;
const two = { cluster: "c", broker: "b2" } as const;

/** What stops reading and writing, or will with the next failure. */
export const availabilityAlerts: readonly Alert[] = [
  {
    name: "KafkaOfflinePartitions",
    severity: "critical",
    rule: "CLU-01",
    needs: ["offlinePartitions"],
    forMinutes: 1,
    summary: "Partitions without a leader",
    description: "{{ $value }} partitions have no leader: nobody can read or write them.",
    labels: ["cluster"],
    // Every controller tells the same number.
    expression: (read) => `${read.by("max", "offlinePartitions", ["cluster"], read.now("offlinePartitions"))} > 0`,
    fires: at(5, steady("offlinePartitions", 2, 10, one)),
    silent: at(5, steady("offlinePartitions", 0, 10, one)),
    runbook: {
      impact:
        "Producers and consumers of these partitions get errors and retry; records wait in the producers' buffers until delivery.timeout.ms, then they are lost to the application.",
      observe: [
        { text: "Which partitions, and which brokers held them?", command: "ottla doctor --only CLU-01" },
        { text: "Which brokers are there?", command: "ottla cluster describe" },
      ],
      act: [
        {
          text: "A broker that held the partitions is down: start it. Its disk is intact in nearly every case; look into its log for the reason of the stop first.",
        },
        { text: "Its disk failed and other replicas are out of sync: bring back whichever replica was in sync last." },
        {
          text: "No replica that was in sync can come back, and losing the newest records is agreed with the owners of the topics: elect an unclean leader for these partitions alone, with Kafka's kafka-leader-election.sh --election-type unclean. It cannot be undone.",
        },
      ],
      verify: [{ text: "No partition is without a leader.", command: "ottla doctor --only CLU-01" }],
    },
  },
  {
    name: "KafkaUnderMinIsr",
    severity: "critical",
    rule: "CLU-02",
    needs: ["underMinIsrPartitions"],
    forMinutes: 1,
    summary: "Writes with acks=all are refused",
    description: "{{ $value }} partitions have fewer in-sync replicas than min.insync.replicas: producers with acks=all are refused.",
    labels: ["cluster"],
    expression: (read) => `${read.by("sum", "underMinIsrPartitions", ["cluster"], read.now("underMinIsrPartitions"))} > 0`,
    fires: at(5, steady("underMinIsrPartitions", 3, 10, one)),
    silent: at(5, steady("underMinIsrPartitions", 0, 10, one), steady("underMinIsrPartitions", 0, 10, two)),
    runbook: {
      impact: "Producers with acks=all get NOT_ENOUGH_REPLICAS and retry; consumers go on.",
      observe: [{ text: "Which partitions, and which replicas are missing?", command: "ottla doctor --only CLU-02" }],
      act: [
        { text: "A broker is down or being restarted: bring it back, and stop restarting others until it has caught up." },
        {
          text: "Followers are slow: look for a full disk, a throttle that was left on, or a network that drops packets.",
          command: "ottla doctor --only TOP-26",
        },
        {
          text: "min.insync.replicas is as high as the replication factor: set it one lower.",
          command: "ottla configs set topic <topic> min.insync.replicas=2",
        },
      ],
      verify: [{ text: "No partition is below its minimum.", command: "ottla doctor --only CLU-02" }],
      rollBack: [
        { text: "Set min.insync.replicas back to what it was.", command: "ottla configs unset topic <topic> min.insync.replicas" },
      ],
    },
  },
  {
    name: "KafkaUnderReplicated",
    severity: "warning",
    rule: "CLU-03",
    needs: ["underReplicatedPartitions"],
    forMinutes: 5,
    summary: "Replicas are behind",
    description: "{{ $value }} partitions lack in-sync replicas for five minutes: the next failure may stop writes or lose records.",
    labels: ["cluster"],
    expression: (read) => `${read.by("sum", "underReplicatedPartitions", ["cluster"], read.now("underReplicatedPartitions"))} > 0`,
    fires: at(8, steady("underReplicatedPartitions", 4, 10, one)),
    silent: at(8, {
      signal: "underReplicatedPartitions",
      labels: one,
      runs: [
        { from: 4, times: 4 },
        { from: 0, times: 10 },
      ],
    }),
    runbook: {
      impact: "None yet. Fewer copies than asked for.",
      observe: [{ text: "Which brokers lack behind, and since when?", command: "ottla doctor --only CLU-03" }],
      act: [
        { text: "One broker is in all of them: it is down or slow. Look at its disk, its network and its log." },
        {
          text: "A reassignment is running: wait for it; raise its throttle if bytes do not get fewer.",
          command: "ottla doctor --only CLU-13",
        },
        { text: "A throttle was left on after a reassignment: remove it.", command: "ottla doctor --only TOP-26 --fix throttles.yaml" },
      ],
      verify: [{ text: "All replicas are in sync.", command: "ottla doctor --only CLU-03" }],
    },
  },
  {
    name: "KafkaNoActiveController",
    severity: "critical",
    rule: "CLU-05",
    needs: ["activeControllers"],
    forMinutes: 2,
    summary: "Not exactly one active controller",
    description:
      "{{ $value }} controllers are active; exactly one must be. Without one nothing about topics, leaders and configurations can change.",
    labels: ["cluster"],
    expression: (read) =>
      `${read.by("sum", "activeControllers", ["cluster"], read.now("activeControllers"))} != 1 or absent(${read.now("activeControllers")})`,
    fires: at(6, steady("activeControllers", 0, 10, one), steady("activeControllers", 0, 10, two)),
    silent: at(6, steady("activeControllers", 1, 10, one), steady("activeControllers", 0, 10, two)),
    runbook: {
      impact: "Reading and writing go on until a leader fails; then its partitions stay without one.",
      observe: [{ text: "Who are the voters, and who leads?", command: "ottla doctor --only CLU" }],
      act: [
        { text: "A majority of the voters is down: start them, the one with the highest log end offset first." },
        {
          text: "All voters run: they cannot reach each other. Check controller.quorum.bootstrap.servers, the controller listener and its certificate.",
          command: "ottla probe <broker>",
        },
      ],
      verify: [{ text: "There is one leader, and all voters follow it.", command: "ottla doctor --only CLU" }],
    },
  },
  {
    name: "KafkaUncleanElection",
    severity: "critical",
    rule: "BRK-01",
    needs: ["uncleanElections"],
    forMinutes: 0,
    summary: "A leader was elected from outside the in-sync replicas",
    description: "{{ $value }} unclean elections in ten minutes: acknowledged records are gone.",
    labels: ["cluster"],
    expression: (read) => `${read.by("sum", "uncleanElections", ["cluster"], read.over("increase", "uncleanElections", "10m"))} > 0`,
    fires: at(12, {
      signal: "uncleanElections",
      labels: one,
      runs: [
        { from: 0, times: 8 },
        { from: 1, times: 8 },
      ],
    }),
    silent: at(12, steady("uncleanElections", 3, 20, one)),
    runbook: {
      impact: "Records that producers were told to be safe are gone; consumers may have read what no longer exists.",
      observe: [
        { text: "Which topics allow it?", command: "ottla doctor --only BRK-01" },
        { text: "Which groups stand beyond the end of their partitions?", command: "ottla lag --for 30" },
      ],
      act: [
        { text: "Tell the owners of the topics; they decide whether to send again from their source." },
        { text: "Forbid it where it is allowed.", command: "ottla doctor --only BRK-01 --fix unclean.yaml" },
      ],
      verify: [{ text: "No topic and no broker allows it.", command: "ottla doctor --only BRK-01" }],
    },
  },
  {
    name: "KafkaBrokerMissing",
    severity: "critical",
    rule: "CLU-18",
    needs: ["brokers"],
    forMinutes: 2,
    summary: "Fewer brokers than there were",
    description: "Only {{ $value }} brokers are part of the cluster.",
    labels: ["cluster"],
    expression: (read, { brokers }) => {
      const now = read.by("max", "brokers", ["cluster"], read.now("brokers"));
      return brokers === undefined ? `${now} < max_over_time((${now})[1h:1m])` : `${now} < ${brokers} or absent(${read.now("brokers")})`;
    },
    fires: at(30, {
      signal: "brokers",
      labels: one,
      runs: [
        { from: 3, times: 20 },
        { from: 2, times: 20 },
      ],
    }),
    silent: at(30, steady("brokers", 3, 40, one)),
    runbook: {
      impact: "Its partitions have one copy less; where it led, leaders moved.",
      observe: [
        {
          text: "Which broker is missing, and what does the loss of one more cost?",
          command: "ottla doctor --only CLU-01,CLU-02,CLU-03,CLU-18",
        },
      ],
      act: [
        { text: "Its process stopped: read the end of its log, then start it." },
        { text: "It runs and nobody reaches it: find the step that fails.", command: "ottla probe <broker>" },
        { text: "It was taken away for good: move its replicas to others and unregister it." },
      ],
      verify: [{ text: "All brokers are there, and replicas in sync.", command: "ottla doctor --only CLU-03" }],
    },
  },
  {
    name: "KafkaTargetDown",
    severity: "warning",
    needs: ["targetUp"],
    forMinutes: 3,
    summary: "No metrics of a broker or exporter",
    description: "A scrape fails for three minutes: what it would tell is not watched.",
    labels: ["broker"],
    expression: (read) => `${read.now("targetUp")} == 0`,
    fires: at(8, steady("targetUp", 0, 10, { broker: "b1" })),
    silent: at(8, steady("targetUp", 1, 10, { broker: "b1" })),
    runbook: {
      impact: "Alerts about this broker cannot fire.",
      observe: [{ text: "Does the broker itself answer?", command: "ottla probe <broker>" }],
      act: [
        { text: "It does not: see KafkaBrokerMissing." },
        {
          text: "It does: the exporter's port or its process is the trouble; for the JMX exporter the broker has to be restarted with its agent.",
        },
      ],
      verify: [{ text: "The scrape succeeds: up is 1 in Prometheus." }],
    },
  },
  {
    name: "KafkaIsrChurn",
    severity: "warning",
    rule: "CLU-12",
    needs: ["isrShrinks", "isrExpands"],
    forMinutes: 0,
    summary: "Replicas fall out of sync again and again",
    description: "{{ $value }} times in an hour a replica left the in-sync set.",
    labels: ["cluster"],
    expression: (read) => `${read.by("sum", "isrShrinks", ["cluster"], read.over("increase", "isrShrinks", "1h"))} > 5`,
    fires: at(90, climbing("isrShrinks", 0.2, 120, one)),
    silent: at(90, climbing("isrShrinks", 0.05, 120, one)),
    runbook: {
      impact: "Each time latencies of acks=all rise, and the next failure costs more.",
      observe: [{ text: "Which replicas come and go?", command: "ottla doctor --only CLU-03,CLU-12 --for 60" }],
      act: [
        { text: "One broker is in all of them: long garbage collections, a slow disk or a saturated network of that broker." },
        {
          text: "All brokers: replica.lag.time.max.ms is short for the load, or num.replica.fetchers is 1 with hundreds of partitions a broker.",
        },
      ],
      verify: [{ text: "Replicas stay in sync.", command: "ottla doctor --only CLU-12 --for 60" }],
    },
  },
  {
    name: "KafkaQuorumLag",
    severity: "warning",
    rule: "CLU-06",
    needs: ["quorumEnd"],
    forMinutes: 5,
    summary: "A node is behind in the metadata log",
    description: "A node lacks {{ $value }} records of the metadata log.",
    labels: ["cluster", "broker"],
    expression: (read) => {
      const newest = read.by("max", "quorumEnd", ["cluster"], read.now("quorumEnd"));
      const each = read.by("max", "quorumEnd", ["cluster", "broker"], read.now("quorumEnd"));
      const cluster = read.label("cluster", "quorumEnd");
      return `${newest} - on (${cluster}) group_right () ${each} > 1000`;
    },
    fires: at(12, climbing("quorumEnd", 100, 20, one, 10_000), steady("quorumEnd", 5000, 20, two)),
    silent: at(12, climbing("quorumEnd", 100, 20, one, 10_000), climbing("quorumEnd", 100, 20, two, 9500)),
    runbook: {
      impact: "A broker that is behind learns of new leaders late; a voter that is behind does not count when another fails.",
      observe: [{ text: "Who is behind, and by how much?", command: "ottla doctor --only CLU" }],
      act: [
        { text: "Its metadata disk is slow or full: make room, or give metadata.log.dir a disk of its own." },
        { text: "It cannot reach the leader: find the step that fails.", command: "ottla probe <broker>" },
      ],
      verify: [{ text: "All follow.", command: "ottla doctor --only CLU" }],
    },
  },
  {
    name: "KafkaQuorumWithoutLeader",
    severity: "critical",
    rule: "CLU-06",
    needs: ["quorumLeader"],
    forMinutes: 1,
    summary: "The controllers have no leader",
    description: "A node knows no leader of the quorum for a minute.",
    labels: ["cluster"],
    expression: (read) => `${read.by("max", "quorumLeader", ["cluster"], read.now("quorumLeader"))} < 0`,
    fires: at(5, steady("quorumLeader", -1, 10, one), steady("quorumLeader", -1, 10, two)),
    silent: at(5, steady("quorumLeader", -1, 10, one), steady("quorumLeader", 2, 10, two)),
    runbook: {
      impact: "Nothing about topics, leaders and configurations can change; a broker that fails takes its partitions with it.",
      observe: [{ text: "Who are the voters?", command: "ottla doctor --only CLU" }],
      act: [{ text: "Start voters until a majority runs; check that they reach each other.", command: "ottla probe <broker>" }],
      verify: [{ text: "There is a leader.", command: "ottla doctor --only CLU" }],
    },
  },
];
