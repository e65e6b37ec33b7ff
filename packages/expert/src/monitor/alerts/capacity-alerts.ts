import { type Alert, climbing, type RunbookStep, steady } from "../alert.ts";
import type { SignalReader } from "../signal-reader.ts";

const at = (atMinute: number, ...series: Alert["fires"]["series"]): Alert["fires"] => ({ series, atMinute });
const one = { cluster: "c", broker: "b1" } as const;

const DISK_STEPS: { readonly observe: readonly RunbookStep[]; readonly act: readonly RunbookStep[] } = {
  observe: [{ text: "Which topics take the room, and which of them grow?", command: "ottla doctor --only CLU-09,TOP-12" }],
  act: [
    {
      text: "A topic keeps more than its owners need: shorten its retention. Agree with them first; it cannot be undone for what it deletes.",
      command: "ottla configs set topic <topic> retention.ms=86400000",
    },
    {
      text: "A topic has neither retention.ms nor retention.bytes: give it one.",
      command: "ottla doctor --only TOP-12 --fix retention.yaml",
    },
    { text: "Everything is needed: find out how many brokers or which disks it takes.", command: "ottla size disk --help" },
  ],
};

function diskUsedAbove(name: string, severity: Alert["severity"], percent: number, forMinutes: number): Alert {
  const used = (share: number) => [steady("diskAvailable", 1e12 * (1 - share / 100), 40, one), steady("diskCapacity", 1e12, 40, one)];
  return {
    name,
    severity,
    rule: "CLU-09",
    needs: ["diskAvailable", "diskCapacity"],
    forMinutes,
    summary: `A disk of the logs is more than ${percent} % full`,
    description: `{{ $value | humanizePercentage }} of a disk that holds logs are used. A broker whose disk is full stops.`,
    labels: ["broker"],
    expression: (read) => `1 - ${read.now("diskAvailable")} / ${read.now("diskCapacity")} > ${percent / 100}`,
    fires: at(30, ...used(percent + 1)),
    silent: at(30, ...used(percent - 1)),
    runbook: {
      impact:
        percent >= 90
          ? "The broker stops when the disk is full, and cannot start until there is room."
          : "None yet; the loss of the largest broker may no longer fit onto the others.",
      observe: DISK_STEPS.observe,
      act: DISK_STEPS.act,
      verify: [
        {
          text: "The share falls; retention deletes whole segments, so it takes until the next one is old enough.",
          command: "ottla doctor --only CLU-09",
        },
      ],
    },
  };
}

function idleBelow(name: string, signal: "handlerIdle" | "networkIdle", severity: Alert["severity"], share: number): Alert {
  const what = signal === "handlerIdle" ? "Request handlers" : "Network processors";
  return {
    name,
    severity,
    needs: [signal],
    forMinutes: 5,
    summary: `${what} of a broker are idle less than ${share * 100} % of the time`,
    description: `${what} are idle {{ $value | humanizePercentage }} of the time; below 20 % requests queue.`,
    labels: ["cluster", "broker"],
    expression: (read) => `${read.by("avg", signal, ["cluster", "broker"], read.now(signal))} < ${share}`,
    fires: at(10, steady(signal, share - 0.02, 15, one)),
    silent: at(10, steady(signal, share + 0.02, 15, one)),
    runbook: {
      impact: "Latency rises for everybody on this broker.",
      observe: [
        { text: "Does this broker lead more than the others?", command: "ottla doctor --only CLU,TOP" },
        { text: "How many connections and requests are there, and whose?", command: "ottla doctor --only CLU" },
      ],
      act: [
        { text: "It leads more than its share: elect the preferred leaders.", command: "ottla doctor --only CLU-07 --fix leaders.yaml" },
        { text: "One client floods it: give its user a quota.", command: "ottla quotas set --user <user> --producer-byte-rate 10MB" },
        {
          text:
            signal === "handlerIdle"
              ? "All brokers alike: raise num.io.threads by half, up to the cores; then add brokers."
              : "All brokers alike: raise num.network.threads by half; TLS costs most here.",
        },
      ],
      verify: [{ text: "The share of idle time is back above 30 %." }],
      rollBack: [{ text: "Remove the quota.", command: "ottla quotas remove --user <user> --only producer-byte-rate" }],
    },
  };
}

function slower(name: string, signal: "produceP99" | "fetchP99", request: string): Alert {
  const before = 7 * 60;
  const expression = (read: SignalReader): string => {
    const now = read.by("max", signal, ["cluster", "broker"], read.now(signal));
    return `${now} > 3 * avg_over_time((${now})[6h:5m] offset 30m) and ${now} > 0.1`;
  };
  return {
    name,
    severity: "warning",
    needs: [signal],
    forMinutes: 15,
    summary: `${request} requests take three times as long as in the six hours before`,
    description: `99 of 100 ${request} requests end within {{ $value | humanizeDuration }}; that is more than three times the average of the six hours before.`,
    labels: ["cluster", "broker"],
    expression,
    fires: at(before + 30, {
      signal,
      labels: one,
      runs: [
        { from: 0.05, times: before },
        { from: 0.4, times: 60 },
      ],
    }),
    silent: at(before + 30, {
      signal,
      labels: one,
      runs: [
        { from: 0.05, times: before },
        { from: 0.12, times: 60 },
      ],
    }),
    runbook: {
      impact: "Producers wait longer for acknowledgements; batches grow, then buffers fill.",
      observe: [
        { text: "Is a follower slow, or a broker overloaded?", command: "ottla doctor --only CLU-03,CLU-12" },
        { text: "What does one request take now?", command: "ottla perf latency --help" },
      ],
      act: [
        { text: "A follower is slow: acks=all waits for it. See KafkaUnderReplicated and KafkaIsrChurn." },
        { text: "The disk is slow: look at the time of log flushes, and at what else uses the disk." },
        { text: "A new client sends many small requests: raise its linger.ms and batch.size, or give it a quota on request time." },
      ],
      verify: [{ text: "The percentile is back where it was." }],
    },
  };
}

/** What gets tight before something fails. */
export const capacityAlerts: readonly Alert[] = [
  diskUsedAbove("KafkaDiskFilling", "info", 70, 15),
  diskUsedAbove("KafkaDiskTight", "warning", 80, 10),
  diskUsedAbove("KafkaDiskNearlyFull", "critical", 90, 2),
  {
    name: "KafkaDiskFullInFourDays",
    severity: "warning",
    needs: ["diskAvailable"],
    forMinutes: 30,
    summary: "A disk of the logs will be full within four days",
    description: "At the pace of the last six hours a disk that holds logs is full within four days.",
    labels: ["broker"],
    expression: (read) => `${read.over("predict_linear", "diskAvailable", "6h", 345_600)} < 0`,
    fires: at(420, climbing("diskAvailable", -1e8, 500, one, 4e11)),
    silent: at(420, climbing("diskAvailable", -1e7, 500, one, 4e11)),
    runbook: {
      impact: "None yet.",
      ...DISK_STEPS,
      verify: [{ text: "The forecast is beyond four days." }],
    },
  },
  {
    name: "KafkaLogDirOffline",
    severity: "critical",
    rule: "CLU-10",
    needs: ["offlineLogDirs"],
    forMinutes: 1,
    summary: "A log directory failed",
    description: "{{ $value }} log directories of a broker are offline: their replicas are gone until the disk is replaced.",
    labels: ["cluster", "broker"],
    expression: (read) => `${read.by("max", "offlineLogDirs", ["cluster", "broker"], read.now("offlineLogDirs"))} > 0`,
    fires: at(4, steady("offlineLogDirs", 1, 8, one)),
    silent: at(4, steady("offlineLogDirs", 0, 8, one)),
    runbook: {
      impact: "One copy less of every partition on it; partitions with one copy cannot be read or written.",
      observe: [{ text: "Which directory of which broker, and what lay there?", command: "ottla doctor --only CLU-01,CLU-10" }],
      act: [
        { text: "The file system is mounted read-only or is full: mend that and restart the broker." },
        { text: "The disk is broken: replace it, restart the broker; its replicas are copied again from the others." },
      ],
      verify: [{ text: "No directory is offline, and all replicas are in sync.", command: "ottla doctor --only CLU-03,CLU-10" }],
    },
  },
  {
    name: "KafkaCleanerGaveUp",
    severity: "warning",
    needs: ["uncleanablePartitions"],
    forMinutes: 5,
    summary: "Compacted partitions are no longer cleaned",
    description:
      "{{ $value }} partitions are no longer compacted; they grow until the disk is full, and loading groups and transactions takes longer and longer.",
    labels: ["cluster", "broker"],
    expression: (read) => `${read.by("max", "uncleanablePartitions", ["cluster", "broker"], read.now("uncleanablePartitions"))} > 0`,
    fires: at(10, steady("uncleanablePartitions", 1, 15, one)),
    silent: at(10, steady("uncleanablePartitions", 0, 15, one)),
    runbook: {
      impact: "None yet.",
      observe: [{ text: "The broker's log names the partition and the reason at the moment in which the cleaner gave up." }],
      act: [
        {
          text: "A record is damaged: restart the broker; recovery cuts what cannot be read from the end, else delete the replica's directory while the broker is stopped so that it is copied again.",
        },
        { text: "More keys than the cleaner's buffer holds: raise log.cleaner.dedupe.buffer.size.", command: "ottla size cleaner --help" },
      ],
      verify: [{ text: "The count is 0 after the restart." }],
    },
  },
  idleBelow("KafkaHandlersBusy", "handlerIdle", "warning", 0.3),
  idleBelow("KafkaHandlersSaturated", "handlerIdle", "critical", 0.2),
  idleBelow("KafkaNetworkBusy", "networkIdle", "warning", 0.3),
  slower("KafkaProduceSlow", "produceP99", "Produce"),
  slower("KafkaFetchSlow", "fetchP99", "Fetch"),
];
