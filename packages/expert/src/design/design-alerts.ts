import { deadLetterTopicOf, keptBytesOf } from "./design-topics.ts";
import type { AlertInput, DesignedTopic } from "./designed-system.ts";
import type { Domain, DomainService } from "./domain.ts";

/** Where nothing is said of latency: somebody who waits for a record may wait so long. */
const LAG_S = 60;
/** Of the time until retention takes what was not read: enough to act in. */
const LOSS_SHARE = 0.25;
const SKEW = 3;

/** From which numbers on somebody should look, each with its reason. Lag is in time, as numbers of records mean nothing by themselves. */
export function designAlerts(domain: Domain, topics: readonly DesignedTopic[]): readonly AlertInput[] {
  return [
    ...domain.services.filter(({ consumes }) => consumes.length > 0).flatMap((service) => groupAlerts(service, domain)),
    ...domain.events.flatMap((event): AlertInput[] => {
      const partitions = topics.find(({ name }) => name === event.name)!.partitions;
      return [
        {
          name: "bytesInPerS",
          of: event.name,
          value: Math.round(event.peak * event.size * event.growth),
          unit: "B/s",
          reason: "more than it was designed for",
          formula: "peak × size × growth",
        },
        ...(partitions > 1 && event.key !== undefined
          ? [
              {
                name: "partitionSkew",
                of: event.name,
                value: SKEW,
                unit: "× mean",
                reason: "a hot key: one partition gets three times the others' share",
              },
            ]
          : []),
        {
          name: "partitionBytes",
          of: event.name,
          value: Math.round(keptBytesOf(event, partitions) * event.growth * 2),
          unit: "B",
          reason: "retention does not do what it should, or the rate is not what was said",
          formula: "2 × kept in a partition × growth",
        },
      ];
    }),
  ];
}

function groupAlerts(service: DomainService, { events, system }: Domain): readonly AlertInput[] {
  const read = events.filter(({ name }) => service.consumes.includes(name));
  const latency = read.flatMap((event) => event.latency ?? []);
  const shortest = Math.min(...read.map((event) => (event.compacted ? Number.POSITIVE_INFINITY : event.retention)));
  return [
    latency.length > 0
      ? {
          name: "timeLag",
          of: service.group,
          value: Math.max(1, Math.min(...latency) * 10),
          unit: "s",
          reason: "ten times what a record may take to its reader",
          formula: "10 × latency",
        }
      : {
          name: "timeLag",
          of: service.group,
          value: Math.max(LAG_S, 2 * service.restartTime),
          unit: "s",
          reason: "a restart makes no alarm; somebody waits for these records",
          formula: "max(60 s, 2 × restartTime)",
        },
    ...(Number.isFinite(shortest)
      ? [
          {
            name: "lossDeadline",
            of: service.group,
            value: Math.round(shortest * LOSS_SHARE),
            unit: "s",
            reason: "retention takes unread records in less than that",
            formula: "a quarter of the shortest retention",
          },
        ]
      : []),
    { name: "members", of: service.group, value: service.instances, unit: "members", reason: "fewer are there than should run" },
    ...(service.deadLetters && service.kind === "client"
      ? [
          {
            name: "deadLetters",
            of: deadLetterTopicOf(system, service),
            value: 0,
            unit: "records in 5 min",
            reason: "each is a record that somebody has to look at",
          },
        ]
      : []),
  ];
}
