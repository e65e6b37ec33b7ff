import { hasStreamsDeadLetters } from "./design-consumer.ts";
import { transactionalPrefixOf } from "./design-producer.ts";
import { deadLetterTopicOf, retryTopicOf } from "./design-topics.ts";
import type { DesignedAcl } from "./designed-system.ts";
import type { Domain, DomainService } from "./domain.ts";

/** What every service may do, and nothing that it does not need. To read and to write include to describe. */
export function designAcls(domain: Domain): readonly DesignedAcl[] {
  return domain.services.flatMap((service) => aclsOf(service, domain));
}

function aclsOf(service: DomainService, domain: Domain): readonly DesignedAcl[] {
  const { system } = domain;
  const common = { service: service.name, principal: service.principal };
  const topic = (resourceName: string, operations: DesignedAcl["operations"], reason: string): DesignedAcl => ({
    ...common,
    resourceType: "topic",
    resourceName,
    isPrefix: false,
    operations,
    reason,
  });
  const isReader = service.consumes.length > 0;
  const both = service.produces.filter((event) => service.consumes.includes(event));
  const hasFailures = isReader && service.kind === "client";
  return [
    ...both.map((event) => topic(event, ["read", "write"], "it reads and writes the event")),
    ...service.produces
      .filter((event) => !both.includes(event))
      .map((event) => topic(event, ["write"], "it writes the event; that covers idempotence")),
    ...service.consumes.filter((event) => !both.includes(event)).map((event) => topic(event, ["read"], "it reads the event")),
    ...(hasFailures
      ? service.retryAfter.map((pause) =>
          topic(retryTopicOf(system, service, pause), ["read", "write"], "failed records wait there for their next try"),
        )
      : []),
    ...((hasFailures && service.deadLetters) || hasStreamsDeadLetters(service, domain)
      ? [topic(deadLetterTopicOf(system, service), ["write"], "what it cannot handle ends there; somebody else reads it")]
      : []),
    ...(isReader
      ? [
          {
            ...common,
            resourceType: "group" as const,
            resourceName: service.group,
            isPrefix: false,
            operations: ["read" as const],
            reason: "to be a member and to commit",
          },
        ]
      : []),
    ...(service.kind === "streams" ? streamsAcls(service, common) : []),
    ...(service.guarantee === "exactly-once" && service.produces.length > 0
      ? [
          {
            ...common,
            resourceType: "transactionalId" as const,
            resourceName: service.kind === "streams" ? `${service.group}-` : transactionalPrefixOf(service),
            isPrefix: true,
            operations: ["write" as const],
            reason: "its transactions; each instance has its own id that begins so",
          },
        ]
      : []),
  ];
}

/** A Streams application makes its internal topics itself; their names begin with its id. */
function streamsAcls(service: DomainService, common: Pick<DesignedAcl, "service" | "principal">): readonly DesignedAcl[] {
  return [
    {
      ...common,
      resourceType: "topic",
      resourceName: `${service.group}-`,
      isPrefix: true,
      operations: ["read", "write", "create", "delete", "describeConfigs"],
      reason: "its changelog and repartition topics: it makes them, and deletes from them what is through",
    },
  ];
}
