import { area, type Feature, works } from "./status-page.ts";

const RULE = "fires where it should, and not just short of it";
const COMMANDS = "advice on commands: a comment behind a continuation, tools, classes and options that are gone";
const TOPICS = "advice on topics: a log that is rewritten all the time, and partitions added to keys";
const BROKERS = "advice on brokers: forced flushes under a comment that says the opposite, and ZooKeeper";
const PRODUCERS = "advice on producers: fewer acks or no lingering for the sake of latency, few retries";
const CONSUMERS = "advice on consumers: sessions as they were, assignors that stop everybody, keys that the new protocol has no use for";
const SCHEMAS = "advice on schemas: a time beside its type, money in binary fractions, a version in the record";
const CONNECTORS = "advice on connectors: a database without a prefix, files of a thousand records";
const ACROSS = "advice across files: one transactional id for every instance";
const ALERTS = "advice on alerts: series that no exporter has, and lag as a number";
const JAVA =
  "the faults that guides recommend are found in Java: transactions never begun, commits one by one and off the thread, two writes, bare dead letters, unnamed stores";
const POLL_RECORDS = "max.poll.records follows from what a record takes the slowest busy member: 10 s a record leave 15, 50 ms leave 3000";
const STATEMENTS =
  "statements that were true once, or say half of it: pauses, null keys, fewer partitions, a broker's bound, promised gains";
const QUERIES = "statements on what to build upon: ksqlDB without its licence; heaps and disks that are fine stay silent";
const RIGHT = "what is right stays silent, in both";

const BLOCKS = "programs in documents are judged by what they do, with the document's lines, and not by what they leave out";

/** What the role documents have wrong, by the reference's numbers, and what catches it. */
export const expertSnippets: readonly Feature[] = area("Expert: what the role documents have wrong", [
  works("RT-01: a comment behind a line's continuation: CMD-01, CMD-06", [COMMANDS]),
  works("RT-02: kafka.tools.JmxTool, EndToEndLatency: CMD-02", [COMMANDS]),
  works("RT-03: options of consumer-perf-test that are gone: CMD-03, CMD-05", [COMMANDS]),
  works("RT-04: alerts over series that no exporter has: MON-01", [ALERTS]),
  works("RT-05: lag as a number of records: MON-02; GRP-01 to GRP-07 judge its shape", [
    ALERTS,
    "a partition is judged by the shape of its lag, as Burrow judges it",
  ]),
  works("RT-06: heartbeats and sessions as they were: CNS-02, CNS-04, CNS-05", [CONSUMERS]),
  works("RT-07: CooperativeSticky everywhere: CNS-05 under the new protocol, CNS-06 for what stops everybody", [CONSUMERS]),
  works("RT-08: all pause during a rebalance: DOC-01 in documents, CNS-06 names the assignors for which it is so", [STATEMENTS, CONSUMERS]),
  works("RT-09: few retries: PRD-07", [PRODUCERS]),
  works("RT-10: max.poll.records raised or lowered: `ottla size poll-records` and `ottla tune consumer --group` compute it", [
    POLL_RECORDS,
  ]),
  works("RT-11: acks=1 for latency: PRD-02, PRD-03, PRD-04", [PRODUCERS, BLOCKS, RULE]),
  works("RT-12: linger.ms=0 as a preset: PRD-09", [PRODUCERS]),
  works("RT-13: null keys as round robin: DOC-02 in documents, SRC-12 asks for keys", [STATEMENTS]),
  works("RT-14: partitions are never fewer: DOC-03 in documents, TOP-31 in a change with the way there, CMD-07 before there are more", [
    STATEMENTS,
    TOPICS,
    "--base tells what the change since a commit would break",
  ]),
  works("RT-15: log.flush.* against its own comment: BRK-07", [BROKERS]),
  works("RT-16: min.cleanable.dirty.ratio of 0.01: TOP-16", [TOPICS]),
  works("RT-17: ZooKeeper: CFG-03, BRK rules, CMD-03, STZ-02", [BROKERS, RULE]),
  works("RT-18: 4,000 partitions per broker: DOC-04 in documents, TOP-08 at 4,000 and 10,000, `ottla size replicas`", [STATEMENTS, RULE]),
  works("RT-19: at least once or exactly once: STR-21 by the tag critical, `ottla design` takes it by service", [
    RULE,
    "exactly once reaches from the transaction to those who read it",
  ]),
  works("RT-20: ksqlDB first: DOC-06 in documents, by its licence and by what serves as well", [QUERIES]),
  works("RT-21: heaps of 6 to 8 GB are still fine: nothing speaks, `ottla size page-cache` leaves them room", [
    QUERIES,
    "brokers: what binds is said",
  ]),
  works("RT-22: RAID 10 is fine on metal: nothing speaks, the doctor asks for a second copy on another broker whatever the disks", [
    QUERIES,
  ]),
  works("RT-23: promised gains: DOC-05 in documents, `ottla tune --measure` says what changed, with its spread, or that nothing did", [
    STATEMENTS,
    "a difference counts where the runs lie apart",
  ]),
  works(
    "RT-24: joins of 12 with 8, one transactional id, a transaction never begun, stores without names: TOP-25, PRD-13, PRD-14, STR-02",
    [JAVA, ACROSS, RULE, RIGHT],
  ),
  works("RT-25: logicalType beside its type, money as double, event_version: SCH-05, SCH-06, SCH-13", [SCHEMAS]),
  works("RT-26: commits one by one and off the thread, two writes, bare dead letters: SRC-04, SRC-05, SRC-11, SRC-13", [
    JAVA,
    BLOCKS,
    RIGHT,
  ]),
  works("RT-27: Debezium without a prefix, files of a thousand records: CON-04, CON-03", [CONNECTORS]),
]);
