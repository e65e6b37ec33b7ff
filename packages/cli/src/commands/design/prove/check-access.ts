import { OttlaError } from "@ottla/base";
import type { Client } from "@ottla/client";
import type { DesignedSystem, Domain, DomainService } from "@ottla/expert/design";
import type { ServiceLogins } from "./service-login.ts";

/** Attempts beyond these are left out, evenly: the table says how many were made. */
const ATTEMPTS_MAX = 400;
const POLL_MS = 2000;
const CONCURRENT = 8;

/** What a service must not be able to do. */
interface Attempt {
  readonly service: DomainService;
  readonly what: string;
  readonly run: (client: Client) => Promise<unknown>;
}

/** What came of all attempts. */
export interface AccessResult {
  readonly attempts: number;
  readonly left: number;
  /** Those that were not refused, in words. */
  readonly allowed: readonly string[];
}

/** Tries what nobody allowed: each service writes to, and reads, every topic that it has no ACL for, enters another's group, takes another's transactions, makes a topic. */
export async function tryWhatIsNotAllowed(
  domain: Domain,
  system: DesignedSystem,
  logins: ServiceLogins,
  signal: AbortSignal,
): Promise<AccessResult> {
  const all = domain.services.flatMap((service) => attemptsOf(service, domain, system));
  const step = Math.max(1, Math.ceil(all.length / ATTEMPTS_MAX));
  const attempts = all.filter((_, i) => i % step === 0);
  const allowed: string[] = [];
  const clients = new Map<string, Client>();
  const clientOf = (service: DomainService): Client => {
    const client = clients.get(service.name) ?? logins.client(service, true);
    clients.set(service.name, client);
    return client;
  };
  const queue = attempts.values();
  const worker = async (): Promise<void> => {
    for (const { service, what, run } of queue) {
      if (signal.aborted) return;
      const outcome = await outcomeOf(run(clientOf(service)));
      if (outcome !== undefined) allowed.push(`${service.name} ${what}: ${outcome}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENT }, worker));
  } finally {
    await Promise.all([...clients.values()].map((client) => client.close({ timeoutMs: 0 })));
  }
  return { attempts: attempts.length, left: all.length - attempts.length, allowed };
}

/** Does what the load does not come to: dead letters, retry topics, and the internal topics of a Streams application. Returns what was refused, in words. */
export async function tryWhatIsAllowed(
  domain: Domain,
  { failures, topics }: DesignedSystem,
  logins: ServiceLogins,
): Promise<readonly string[]> {
  const refused: string[] = [];
  for (const service of domain.services) {
    const own = topics.filter(({ purpose, of }) => purpose !== "event" && of === service.group);
    const retries = failures.find(({ service: name }) => name === service.name)?.retryTopics ?? [];
    const steps: readonly Omit<Attempt, "service">[] = [
      ...own.map(({ name }) => ({ what: `writes to ${name}`, run: (client: Client) => write(client, name) })),
      ...retries.map(({ topic }) => ({ what: `reads ${topic}`, run: (client: Client) => read(client, topic) })),
      ...(service.kind === "streams"
        ? [
            {
              what: "makes and empties its internal topics",
              run: (client: Client) => useInternalTopic(client, `${service.group}-proof-repartition`),
            },
          ]
        : []),
    ];
    if (steps.length === 0) continue;
    const client = logins.client(service, true);
    for (const { what, run } of steps)
      await run(client).catch((error: Error) => {
        refused.push(`${service.name} ${what}: ${error.message}`);
      });
    await client.close({ timeoutMs: 0 });
  }
  return refused;
}

/** As a Streams application does with a repartition topic: make it, look at its settings, write, read, empty it, delete it. */
async function useInternalTopic(client: Client, topic: string): Promise<void> {
  const admin = client.admin();
  const done = <Result extends { readonly error: Error | undefined }>(results: readonly Result[]): void => {
    for (const { error } of results) if (error) throw error;
  };
  done(await admin.createTopics([{ name: topic, partitionCount: 1 }]));
  done(await admin.describeConfigs([{ type: "topic", name: topic }]));
  await write(client, topic);
  await read(client, topic);
  done(await admin.deleteRecords([{ topic, partition: 0, beforeOffset: -1 }]));
  done(await admin.deleteTopics([topic]));
}

/** Undefined when it was refused for want of an ACL; else what happened. */
async function outcomeOf(attempt: Promise<unknown>): Promise<string | undefined> {
  try {
    await attempt;
    return "it was let through";
  } catch (error) {
    return isRefusal(error) ? undefined : (error as Error).message;
  }
}

function isRefusal(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause)
    if (each instanceof OttlaError && each.code.endsWith("_AUTHORIZATION_FAILED")) return true;
  return false;
}

function attemptsOf(service: DomainService, domain: Domain, { topics, acls }: DesignedSystem): readonly Attempt[] {
  const mine = acls.filter(({ principal }) => principal === service.principal);
  const may = (type: string, name: string, operation: string): boolean =>
    mine.some(
      (acl) =>
        acl.resourceType === type &&
        (acl.isPrefix ? name.startsWith(acl.resourceName) : acl.resourceName === name) &&
        acl.operations.some((each) => each === operation),
    );
  const others = domain.services.filter(({ principal }) => principal !== service.principal);
  return [
    ...topics.flatMap(({ name }): Attempt[] => [
      ...(may("topic", name, "write") ? [] : [{ service, what: `writes to ${name}`, run: (client: Client) => write(client, name) }]),
      ...(may("topic", name, "read") ? [] : [{ service, what: `reads ${name}`, run: (client: Client) => read(client, name) }]),
    ]),
    ...others
      .filter(({ consumes, group }) => consumes.length > 0 && !may("group", group, "read"))
      .map(({ group }) => ({ service, what: `enters the group ${group}`, run: (client: Client) => enter(client, group, topics[0]!.name) })),
    ...others
      .filter(({ guarantee }) => guarantee === "exactly-once")
      .map(({ name, group, kind }) => (kind === "streams" ? `${group}-x` : `${name}.tx-x`))
      .filter((id) => !may("transactionalId", id, "write"))
      .map((id) => ({
        service,
        what: `takes the transactions of ${id}`,
        run: (client: Client) => client.producer({ transactionalId: id, maxBlockMs: 5000 }).initTransactions(),
      })),
    { service, what: "makes a topic", run: create },
  ];
}

async function write(client: Client, topic: string): Promise<void> {
  const producer = client.producer({ deliveryTimeoutMs: 10_000, requestTimeoutMs: 5000, maxBlockMs: 5000, lingerMs: 0 });
  try {
    await producer.send({ topic, value: "nobody allowed this" });
  } finally {
    await producer.close({ timeoutMs: 0 });
  }
}

/** Who may not even see a topic is refused with its description; who may, and not read, by the fetch. */
async function read(client: Client, topic: string): Promise<void> {
  const [described] = await client.admin().describeTopics([topic]);
  if (described?.error) throw described.error;
  const consumer = client.consumer({ autoOffsetReset: "earliest" });
  try {
    consumer.assign([{ topic, partition: 0 }]);
    await consumer.poll(POLL_MS);
  } finally {
    await consumer.close({ timeoutMs: 0 });
  }
}

async function enter(client: Client, groupId: string, topic: string): Promise<void> {
  const consumer = client.consumer({ groupId });
  try {
    consumer.subscribe([topic]);
    await consumer.poll(POLL_MS);
    await consumer.committed([{ topic, partition: 0 }]);
  } finally {
    await consumer.close({ timeoutMs: 0 });
  }
}

async function create(client: Client): Promise<void> {
  const [created] = await client.admin().createTopics([{ name: "nobody.allowed.this", partitionCount: 1 }]);
  if (created?.error) throw created.error;
}
