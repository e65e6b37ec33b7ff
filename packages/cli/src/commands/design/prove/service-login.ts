import { randomBytes } from "node:crypto";
import { type Client, consumerOptionsFromProperties, createClient, producerOptionsFromProperties } from "@ottla/client";
import type { DesignedSystem, DomainService } from "@ottla/expert/design";
import type { ThrowAwayBroker } from "./throw-away-broker.ts";

const MECHANISM = "SCRAM-SHA-512";
/** An answer is there at once or never: what is refused is not tried for long. */
const ASKED_TIMEOUT_MS = 5000;

/** Logins of all services: passwords by chance, known to this process only. */
export class ServiceLogins {
  readonly #broker: ThrowAwayBroker;
  readonly #system: DesignedSystem;
  readonly #passwords = new Map<string, string>();

  constructor(broker: ThrowAwayBroker, system: DesignedSystem) {
    this.#broker = broker;
    this.#system = system;
    for (const { principal } of system.acls) this.#passwords.set(principal, randomBytes(16).toString("hex"));
  }

  /** Makes a user for each principal. */
  async create(admin: Client): Promise<void> {
    const changes = [...this.#passwords].map(
      ([principal, password]) => ({ user: userOf(principal), password, mechanism: MECHANISM }) as const,
    );
    for (const { error } of await admin.admin().alterUserScramCredentials(changes)) if (error) throw error;
  }

  /** A client that is the administrator. */
  admin(): Client {
    return this.#client("ottla-prove", this.#broker.security.username, this.#broker.security.password);
  }

  /** A client that is a service. `isBrief`: for questions that are refused. */
  client({ name, principal }: DomainService, isBrief = false): Client {
    return this.#client(name, userOf(principal), this.#passwords.get(principal) ?? "", isBrief);
  }

  /** The generated settings of a service's producer, with the number of an instance in place of its name. */
  producerOptions({ name, group, kind, guarantee }: DomainService, instance: string) {
    const own = producerOptionsFromProperties(this.#properties(name, "producer", instance));
    return kind === "streams" && guarantee === "exactly-once" ? { ...own, transactionalId: `${group}-${instance}` } : own;
  }

  /** As {@link producerOptions}, of the consumer. Streams has the settings of its consumer built in. */
  consumerOptions({ name, group, kind }: DomainService, instance: string) {
    const own = consumerOptionsFromProperties(this.#properties(name, "consumer", instance));
    return kind === "client"
      ? own
      : { groupId: group, autoOffsetReset: "earliest" as const, enableAutoCommit: false, isolationLevel: "read_committed" as const };
  }

  #properties(service: string, role: string, instance: string): ReadonlyMap<string, string> {
    const settings = this.#system.clients.find((client) => client.service === service && client.role === role)?.settings ?? [];
    return new Map(
      settings.filter(({ name }) => name !== "client.id").map(({ name, value }) => [name, value.replaceAll("${env:INSTANCE}", instance)]),
    );
  }

  #client(clientId: string, username: string, password: string, isBrief = false): Client {
    return createClient({
      clientId,
      bootstrapServers: this.#broker.bootstrap,
      tls: { caFile: this.#broker.security.caLocation },
      sasl: { mechanism: MECHANISM, username, password },
      ...(isBrief && { apiTimeoutMs: ASKED_TIMEOUT_MS }),
    });
  }
}

function userOf(principal: string): string {
  return principal.slice(principal.indexOf(":") + 1);
}
