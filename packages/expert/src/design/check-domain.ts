import { type Domain, type DomainEvent, type DomainIssue, type DomainService, producersOf } from "./domain.ts";
import { RETRY_LEAST_S, RETRY_MOST_S } from "./domain-specs.ts";
import { avroTypeOf } from "./avro-type.ts";

/** Lines by name, so that what contradicts something else is told where it stands. */
export interface Places {
  readonly events: Map<string, number>;
  readonly services: Map<string, number>;
  readonly system: number;
  readonly cluster: number;
}

export const NO_PLACE = 1;

/** What each part says by itself may be right, and together they may not. */
export function checkDomain(domain: Domain, places: Places): readonly DomainIssue[] {
  const events = new Map(domain.events.map((event) => [event.name, event]));
  return [
    ...checkCluster(domain, places),
    ...domain.events.flatMap((event) => checkEvent(event, domain, places.events.get(event.name))),
    ...domain.services.flatMap((service) => checkService(service, events, places.services.get(service.name))),
    ...sharedGroups(domain, places),
    ...collidingNames(domain, places),
  ];
}

/** A name that means nothing to a shell, to a properties file with its variables, or to Terraform. */
const PRINCIPAL = /^[^:\s]+:[^\s"'\\,$`{};]+$/;
const BOOTSTRAP = /^[^\s"'\\,;$`]+:\d{1,5}(,\s*[^\s"'\\,;$`]+:\d{1,5})*$/;

function checkCluster({ cluster: { bootstrap } }: Domain, places: Places): readonly DomainIssue[] {
  if (bootstrap === undefined || BOOTSTRAP.test(bootstrap)) return [];
  const message = `"${bootstrap.slice(0, 80)}" is no list of brokers; write host:port, with commas between them.`;
  return [{ line: places.cluster, path: "cluster.bootstrap", message }];
}

function checkEvent(event: DomainEvent, domain: Domain, line: number | undefined): readonly DomainIssue[] {
  const path = `events.${event.name}`;
  const issues: DomainIssue[] = [];
  const report = (key: string, message: string): void => void issues.push({ line, path: `${path}.${key}`, message });
  if (event.peak < event.rate)
    report("peak", `The peak (${event.peak}/s) is below the rate (${event.rate}/s); a peak is the most there is.`);
  if (event.maxSize < event.size) report("maxSize", "The largest record is smaller than the average one.");
  if (event.order === "key" && event.key === undefined) report("order", "Order by key needs a key: name the field, or say order: none.");
  if (event.compacted && event.key === undefined)
    report("compacted", "A compacted topic keeps the last record of each key, so it needs a key.");
  if (event.compacted && event.order === "none") report("order", "Of a compacted event the last record counts, so order: key is needed.");
  if (event.schema !== undefined && Object.keys(event.fields).length > 0)
    report("schema", "schema and fields both say what it looks like; give one of them.");
  for (const [name, type] of Object.entries(event.fields)) {
    try {
      avroTypeOf(type);
    } catch (error) {
      report(`fields.${name}`, (error as Error).message);
    }
    if (!/^[A-Za-z_]\w*$/.test(name))
      report(`fields.${name}`, `"${name}" is no name in Avro: letters, digits and "_" make one, and no digit comes first.`);
  }
  const fields = Object.keys(event.fields);
  for (const name of [...event.pii, ...(event.key === undefined ? [] : [event.key])])
    if (fields.length > 0 && !fields.includes(name))
      report(name === event.key ? "key" : "pii", `"${name}" is none of its fields (${fields.join(", ")}).`);
  if (producersOf(domain, event.name).length === 0) report("rate", "No service produces it: name it under produces: of one.");
  return issues;
}

function checkService(service: DomainService, events: ReadonlyMap<string, DomainEvent>, line: number | undefined): readonly DomainIssue[] {
  const path = `services.${service.name}`;
  const issues: DomainIssue[] = [];
  const report = (key: string, message: string): void => void issues.push({ line, path: `${path}.${key}`, message });
  for (const key of ["produces", "consumes"] as const)
    for (const event of service[key])
      if (!events.has(event)) report(key, `There is no event "${event.slice(0, 80)}"; write it under events, or mend the name.`);
  if (service.produces.length + service.consumes.length === 0)
    report("produces", "It neither produces nor consumes: say what it does, or leave it out.");
  if (service.kind === "streams" && service.consumes.length === 0) report("consumes", "A Streams application reads something: name it.");
  if (!PRINCIPAL.test(service.principal))
    report("principal", `"${service.principal}" is no principal; write its type and its name, as in User:${service.name}.`);
  for (const pause of service.retryAfter)
    if (pause < RETRY_LEAST_S || pause > RETRY_MOST_S)
      report(
        "retryAfter",
        `A pause of ${pause} s is ${pause < RETRY_LEAST_S ? "too short for a topic: the consumer tries in place" : "longer than a day: send it to the dead letters"}.`,
      );
  if (service.retryAfter.length > 0 && service.kind !== "client")
    report("retryAfter", "Retry topics are what our client's consumers do; only kind: client has them.");
  const ordered = service.consumes.filter((event) => (events.get(event)?.order ?? "none") !== "none");
  if (service.retryAfter.length > 0 && ordered.length > 0)
    report(
      "retryAfter",
      `Retry topics give order up, and ${ordered.join(", ")} needs it: leave retryAfter out, and a failed record is tried in place.`,
    );
  for (const event of service.consumes.map((name) => events.get(name)))
    if (event && !event.compacted && event.retention < service.outage)
      report(
        "outage",
        `It may be down for ${service.outage} s, and ${event.name} is kept for ${event.retention} s only: records would be lost. Keep them longer, or allow a shorter outage.`,
      );
  return issues;
}

/** Services with one group share the partitions of what they read, which is right only for one program. */
function sharedGroups({ services }: Domain, places: Places): readonly DomainIssue[] {
  const owners = new Map<string, DomainService>();
  return services.flatMap((service) => {
    if (service.consumes.length === 0) return [];
    const owner = owners.get(service.group);
    owners.set(service.group, owner ?? service);
    if (!owner) return [];
    return [
      {
        line: places.services.get(service.name),
        path: `services.${service.name}.group`,
        message: `${owner.name} has the group "${service.group}", too: each would see a part of the records. Give each its own.`,
      },
    ];
  });
}

/** Kafka takes "." and "_" for the same in names of metrics, and refuses the second topic. */
function collidingNames({ events }: Domain, places: Places): readonly DomainIssue[] {
  const seen = new Map<string, string>();
  return events.flatMap(({ name }) => {
    const key = name.replaceAll(".", "_");
    const other = seen.get(key);
    seen.set(key, other ?? name);
    return other === undefined
      ? []
      : [
          {
            line: places.events.get(name),
            path: `events.${name}`,
            message: `It collides with ${other}: Kafka takes "." and "_" for the same.`,
          },
        ];
  });
}
