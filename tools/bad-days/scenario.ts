import { SeededRandom } from "@ottla/base/simulated";

/** What can go wrong, and how likely it is among the others. */
export type Mishap =
  | "kill"
  | "kill in a write"
  | "power loss"
  | "power loss in a write"
  | "kill in a write, then power loss"
  | "clean restart"
  | "clean restart, then kill in a write, then power loss"
  | "failed sync"
  | "failed syncs, then power loss"
  | "disk full"
  | "connections reset"
  | "cable cut"
  | "slow net"
  | "clock jump"
  | "broker down"
  | "leader moved"
  | "power loss behind a topic that was made again";

/** Everything about a simulated world that is decided before it begins. All of it follows from the seed. */
export interface Scenario {
  readonly seed: number;
  readonly brokers: number;
  readonly settings: Readonly<Record<string, string>>;
  /** An acknowledged record is on the disk. */
  readonly isSynced: boolean;
  readonly syncMs: number;
  readonly latencyMs: number;
  readonly jitterMs: number;
  readonly topicCount: number;
  readonly partitionsMax: number;
  /** The last topic keeps the last record of each key. */
  readonly hasCompaction: boolean;
  /** Somebody adds partitions, sets configs, deletes topics and makes them again. */
  readonly hasAdministrator: boolean;
  /** How long the administrator rests between two changes, about. */
  readonly administratorPaceMs: number;
  readonly producers: { readonly plain: number; readonly idempotent: number };
  readonly transactional: number;
  readonly readers: number;
  /** Members of one group of the classic protocol, and of one of the consumer protocol. */
  readonly members: { readonly classic: number; readonly consumer: number };
  /** Members of a group that moves between the protocols. */
  readonly moving: number;
  /** How long people rest between two things they do, about. */
  readonly paceMs: number;
  readonly fillBytesMax: number;
  readonly mishaps: readonly Mishap[];
  /** How long things go well between two mishaps, about. */
  readonly calmMs: number;
  /** How long people work before all is mended and looked at. */
  readonly lengthMs: number;
}

const MADE_AGAIN: Mishap = "power loss behind a topic that was made again";

const KINDS_OF_DAYS: readonly (readonly Mishap[])[] = [
  ["kill", "kill in a write", "kill in a write"],
  ["power loss", "power loss in a write", "power loss in a write"],
  ["power loss", "failed syncs, then power loss", "failed syncs, then power loss", "failed sync"],
  ["connections reset", "cable cut", "slow net", "leader moved"],
  ["broker down", "leader moved", "connections reset"],
  ["disk full", "failed sync", "kill", "clean restart"],
  ["clock jump", "clean restart", "kill"],
  ["clean restart", "kill in a write, then power loss", "kill in a write, then power loss"],
  ["clean restart, then kill in a write, then power loss"],
  [MADE_AGAIN],
  [
    "kill",
    "kill in a write",
    "power loss",
    "power loss in a write",
    "clean restart",
    "clean restart, then kill in a write, then power loss",
    "failed sync",
    "failed syncs, then power loss",
    "disk full",
    "connections reset",
    "cable cut",
    "slow net",
    "clock jump",
    "broker down",
    "leader moved",
    MADE_AGAIN,
  ],
];

/** How long days are: whole ones show what builds up, of short ones there can be ten times as many. */
export type DayLength = "whole" | "short";

/** The day that a seed makes. */
export function scenarioOf(seed: number, length: DayLength = "whole"): Scenario {
  const day = wholeDay(seed);
  return length === "whole" ? day : shortened(day);
}

/** What the one mishap of a short day may take that is made of several. */
const LONG_MISHAP_MS = 1000;

/** A part of what a whole day has: one or two people of a kind, who hurry, and one or two mishaps. */
function shortened(day: Scenario): Scenario {
  const random = new SeededRandom(day.seed ^ 0x5407);
  const isGroups = random.chance(0.5);
  const transactional = Math.min(day.transactional, 1);
  return {
    ...day,
    // The first one stays: without a second nothing is made again.
    topicCount: day.hasAdministrator ? day.topicCount : 1,
    administratorPaceMs: 20 + random.nextInt(60),
    partitionsMax: Math.min(day.partitionsMax, 2),
    producers: { plain: random.nextInt(2), idempotent: 1 },
    transactional,
    readers: 1,
    members: isGroups
      ? { classic: Math.min(day.members.classic, 2), consumer: 0 }
      : { classic: 0, consumer: Math.min(day.members.consumer, 2) },
    moving: day.moving,
    paceMs: 5 + random.nextInt(15),
    calmMs: 40 + random.nextInt(160),
    lengthMs: 200 + random.nextInt(400) + (day.mishaps.length === 1 ? LONG_MISHAP_MS : 0),
  };
}

function wholeDay(seed: number): Scenario {
  const random = new SeededRandom(seed);
  const mishaps = random.pick(KINDS_OF_DAYS);
  const isMadeAgain = mishaps.length === 1 && mishaps[0] === MADE_AGAIN;
  // A sync takes names to the disk along with records.
  const isSynced = random.chance(0.5) && !isMadeAgain;
  const hasCompaction = random.chance(0.25) && !isMadeAgain;
  const needsNodes = mishaps.includes("broker down") || mishaps.includes("leader moved");
  const brokers = needsNodes ? 2 + random.nextInt(2) : 1 + random.nextInt(2);
  return {
    seed,
    brokers,
    isSynced,
    settings: {
      "log.flush.interval.messages": isSynced ? "1" : "9223372036854775807",
      "internal.segment.bytes": String(512 + random.nextInt(6000)),
      "log.index.interval.bytes": String(random.pick([0, 128, 1024])),
      "log.retention.ms": "-1",
      "offsets.topic.num.partitions": String(1 + random.nextInt(2)),
      "offsets.topic.replication.factor": String(brokers),
      "transaction.state.log.num.partitions": String(1 + random.nextInt(2)),
      "transaction.state.log.replication.factor": String(brokers),
      "transaction.state.log.min.isr": "1",
      "transaction.abort.timed.out.transaction.cleanup.interval.ms": "500",
      "group.initial.rebalance.delay.ms": "0",
      "group.consumer.heartbeat.interval.ms": "100",
      "group.consumer.min.heartbeat.interval.ms": "100",
      "group.consumer.session.timeout.ms": "3000",
      "group.consumer.min.session.timeout.ms": "1000",
      "auto.create.topics.enable": "false",
      "log.flush.offset.checkpoint.interval.ms": String(200 + random.nextInt(2000)),
      "log.flush.scheduler.interval.ms": String(random.pick([100, 1000, 100_000])),
      "log.cleaner.enable": String(hasCompaction),
      "log.cleaner.backoff.ms": "200",
      "log.cleaner.min.cleanable.ratio": "0.1",
    },
    syncMs: random.nextInt(15),
    latencyMs: random.nextInt(3),
    jitterMs: random.nextInt(6),
    topicCount: isMadeAgain ? 2 : 1 + random.nextInt(2),
    partitionsMax: 1 + random.nextInt(3),
    hasCompaction,
    hasAdministrator: random.chance(0.4) || isMadeAgain,
    administratorPaceMs: isMadeAgain ? 60 : 300,
    producers: { plain: 1 + random.nextInt(2), idempotent: 1 + random.nextInt(2) },
    // A coordinator that forgets unsynced decisions with the power promises nothing of transactions any more, here as in Kafka.
    transactional: isSynced || !mishaps.some((mishap) => mishap.includes("power loss")) ? random.nextInt(3) : 0,
    readers: 1 + random.nextInt(2),
    members: { classic: random.nextInt(3), consumer: random.nextInt(3) },
    moving: random.chance(0.3) ? 2 + random.nextInt(2) : 0,
    paceMs: 10 + random.nextInt(40),
    fillBytesMax: 1 + random.nextInt(500),
    mishaps,
    calmMs: 100 + random.nextInt(500),
    lengthMs: 2000 + random.nextInt(3000),
  };
}
