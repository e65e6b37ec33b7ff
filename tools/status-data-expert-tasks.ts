import { absent, area, type Feature, partial, works } from "./status-page.ts";

const later = "comes with a later part of the platform";

/** What the commission's role documents say that an expert does, task by task, and what does it here. */
export const expertTasks: readonly Feature[] = area("Expert: the tasks of the commission", [
  works("topic design: names, partitions, copies, retention, compaction, min ISR: `ottla design`, `ottla size`", [
    "what binds decides the number of partitions, and is named",
  ]),
  partial(
    "partition keys and hot partitions",
    ["several looks tell rates"],
    "`ottla lag explain` and TOP-27 name the hot partition, MCP's key_distribution its keys; no simulation of another key",
  ),
  works("producers: settings, errors, metrics: `ottla lint` over files and sources, `ottla tune`", [
    "fires where it should, and not just short of it",
    "what is good already stays, whatever its value",
  ]),
  works("consumers: settings, assignment, offsets, back-pressure: `ottla lint`, `ottla tune consumer --group`", [
    "fires where it should, and not just short of it",
    "max.poll.records follows from what a record takes the slowest busy member: 10 s a record leave 15, 50 ms leave 3000",
    "what a record takes a group is measured at the group, and its file gets max.poll.records of it",
  ]),
  works("delivery guarantees along the chain: lint across files and sources, `ottla design`", [
    "exactly once reaches from the transaction to those who read it",
  ]),
  works("rebalances: `ottla doctor --for`: poll overrun, session loss, deployments, subscriptions told apart", [
    "a healthy production cluster has no finding",
    "why a group does not settle is told apart: overruns, lost sessions, restarts",
  ]),
  works("lag: cause, drain time, consumers needed, when retention takes records: `ottla lag`, `ottla lag explain`", [
    "a partition is judged by the shape of its lag, as Burrow judges it",
  ]),
  works(
    "Streams topologies: lint over sources and the text of `describe()`, `ottla streams topology`; metrics of running applications by `ottla doctor --metrics`, `ottla lag explain --metrics`, `ottla monitor gen --profile streams`",
    [
      "fires where it should, and not just short of it",
      "doctor reads what a running instance says of itself",
      "metrics of the group's own clients and instances tell why it is behind; those of others do not",
    ],
  ),
  works("Connect: connectors, dead letters, CDC, sinks: `ottla lint`, `ottla doctor --connect-url`, `ottla connect`, `ottla dlq`", [
    "fires where it should, and not just short of it",
    "connectors are made, listed, stopped and deleted by the command line, at the Connect of ottla dev",
    "the doctor sees a registry by its topic, and Connect where it is named: schemas that were not held against those still read, tasks that failed",
  ]),
  absent("a decision tree for architectures", later),
  works("broker configuration: by version, dynamic and static, drift: `ottla lint`, `ottla doctor`", [
    "a healthy production cluster has no finding",
  ]),
  works("sizing, capacity, growth: `ottla size`, `ottla size measured` on a live cluster, `ottla design`", [
    "brokers: what binds is said",
    "what binds is the fullest when the largest broker is lost, and when the first disk is full follows from how it filled",
  ]),
  works("racks: placement, follower reads, cost: `ottla doctor`, `ottla size`", ["a healthy production cluster has no finding"]),
  works("the controllers' quorum: `ottla doctor`", ["a healthy production cluster has no finding"]),
  partial(
    "reassignment",
    ["a plan that is killed at any call, with the power gone, is carried out whole when resumed, and taken back whole"],
    "`ottla apply` moves, throttled, resumable, undone; nothing plans a balance yet",
  ),
  works("preferred leaders: `ottla doctor --fix`, `ottla apply`", ["a plan is looked at, carried out, noted, and taken back"]),
  absent("adding and draining brokers", later),
  partial(
    "upgrades",
    ["fires where it should, and not just short of it"],
    "lint names what a version removes; MCP's plan-upgrade has the order; no plan file of an upgrade",
  ),
  works("throughput and latency: `ottla perf sweep`, `ottla tune --measure`", [
    "the knee is closed in to fifteen hundredths, in few steps",
    "tuning is measured by turns on a topic that goes again",
  ]),
  absent("disk, network, JVM and operating system of a host", later),
  works("logins, rights, encryption, quotas: `ottla probe`, `ottla doctor`, `ottla acls explain`, `ottla tenants`", [
    "what TLS says is told apart",
  ]),
  works("alerts, dashboards, runbooks: `ottla monitor gen`, `ottla runbook`", [
    "all profiles together have every alert, each with a test that fires, one that does not, and a runbook",
  ]),
  works("health, and whether a broker may be restarted: `ottla doctor`, MCP's can_restart_broker", [
    "a broker is said to be safe to restart only when everything needed was seen",
  ]),
  absent("tracing one flow across topics", later),
  absent("skeletons of patterns: outbox, saga, claim check", `${later}; the client's guides have outbox, retries and dead letters`),
  works("dead letters: retries with delays, headers that say why, `ottla dlq list|show|replay`", [
    "is tried in place, then goes from retry topic to retry topic, then to the dead letters",
  ]),
  works("schemas: design and evolution: `ottla lint`, `ottla schemas check`, `ottla doctor`", [
    "fires where it should, and not just short of it",
    "levels, and when versions were registered, are read from a registry's topic",
  ]),
  absent("mirrors, disaster recovery, backup", later),
  partial(
    "compaction and tombstones, tiered storage",
    ["tiering: nine tenths saved in the reference's example"],
    "rules and calculators; nothing watches a cleaner",
  ),
  works("an MCP server for agents", ["what may not be done is not among the tools, and nothing else says that it writes"]),
]);
