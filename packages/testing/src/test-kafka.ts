import { type Admin, type Client, type ClientOptions, createClient, type Producer } from "@ottla/client";
import {
  type ApiName,
  apiKeyOf,
  type ControlledBroker,
  type FaultHooks,
  type FaultMatch,
  type FaultSpec,
  type SeenRequest,
  START,
} from "@ottla/broker/controlled";
import { BrokerHandle } from "./broker-handle.ts";
import { FaultHandle } from "./fault-handle.ts";
import { GroupHandle } from "./group-handle.ts";
import type { Kafka } from "./kafka.ts";
import { TopicHandle, type TopicOptions, topicOrder } from "./topic-handle.ts";
import { TestingError } from "./testing-error.ts";
import { TransactionHandle } from "./transaction-handle.ts";
import { checkUntilOptions, type UntilOptions, type Waits } from "./waits.ts";
import { ClockHandle, DiskHandle } from "./world.ts";
import { checkFunction, checkName, checkObject, wholeNumber } from "./argument-checks.ts";
import { checkTopics } from "./record-checks.ts";

/** By this client id the broker knows the kit's own requests, which meet no fault. */
export const KIT_CLIENT_ID = "ottla-testing";

const DEFAULT_SNAPSHOT = "default";
/** Tests meet many failures on purpose; waiting for seconds after each would only make them slow. */
const QUICK: Omit<ClientOptions, "bootstrapServers"> = {
  retryBackoffMs: 5,
  retryBackoffMaxMs: 100,
  reconnectBackoffMs: 5,
  reconnectBackoffMaxMs: 100,
};
/** One API in the answer to ApiVersions. */
interface AnnouncedApi {
  readonly apiKey: number;
  readonly minVersion: number;
  readonly maxVersion: number;
}

/** What the kit asks of its own broker is answered in no time. */
const KIT_API_TIMEOUT_MS = 5000;

/** See {@link Kafka}. */
export class TestKafka implements Kafka {
  readonly clock: ClockHandle;
  readonly disk: DiskHandle;
  readonly #broker: ControlledBroker;
  readonly #waits: Waits;
  readonly #clients = new Set<Client>();
  readonly #handles = new Map<number, FaultHandle>();
  #kit: { readonly client: Client; readonly admin: Admin; producer: Producer | undefined } | undefined;
  /** Faults of which a function threw. */
  readonly #failed = new Set<FaultHandle>();
  #hasDefaultSnapshot = false;
  #stopped: Promise<void> | undefined;

  constructor(broker: ControlledBroker, waits: Waits) {
    this.#broker = broker;
    this.#waits = waits;
    this.clock = new ClockHandle(broker.clock, () => waits.wake());
    this.disk = new DiskHandle(broker.disk);
  }

  get bootstrapServers(): string {
    return this.#broker.bootstrap;
  }

  get nodeIds(): readonly number[] {
    return this.#broker.nodeIds;
  }

  client(options: Omit<ClientOptions, "bootstrapServers"> = {}): Client {
    this.#throwIfStopped("clients are made");
    checkObject("client: options", options);
    const client = createClient({ ...QUICK, ...options, bootstrapServers: this.bootstrapServers });
    this.#clients.add(client);
    return client;
  }

  broker(nodeId: number): BrokerHandle {
    return new BrokerHandle(nodeId, this.#broker, (delayMs) =>
      this.fault({ name: `latency of broker ${nodeId}`, node: nodeId, delayMs, late: "answer", times: "always" }),
    );
  }

  topic(name: string): TopicHandle {
    return new TopicHandle(name, {
      client: () => this.#own().client,
      producer: () => this.#ownProducer(),
      broker: this.#broker,
      waits: this.#waits,
    });
  }

  group(groupId: string): GroupHandle {
    return new GroupHandle(groupId, { admin: () => this.#own().admin, broker: this.#broker, waits: this.#waits });
  }

  transaction(transactionalId: string): TransactionHandle {
    return new TransactionHandle(transactionalId, this.#broker);
  }

  async createTopics(topics: Readonly<Record<string, number | TopicOptions>>): Promise<void> {
    checkTopics("topics", topics);
    const entries = Object.entries(topics);
    if (entries.length === 0) return;
    await this.#broker.createTopics(entries.map(([name, options]) => topicOrder(name, options)));
    for (const [name, options] of entries) {
      if (typeof options === "object" && options.records) await this.topic(name).produce(options.records);
    }
  }

  fault(spec: FaultSpec & FaultHooks): FaultHandle {
    this.#throwIfStopped("faults are armed");
    const fault = this.#broker.faults.arm(spec);
    const handle = new FaultHandle(fault, this.#waits, () => this.#broker.faults.recent);
    fault.listen(() => {
      if (fault.failure !== undefined) this.#failed.add(handle);
    });
    this.#handles.set(fault.id, handle);
    return handle;
  }

  observe(match: FaultMatch = {}, onRequest?: (request: SeenRequest) => void): FaultHandle {
    return this.fault({ ...match, ...(onRequest && { observe: onRequest }) });
  }

  limitVersions(latest: Readonly<Partial<Record<ApiName, number | null>>>): FaultHandle {
    checkObject("limitVersions: latest", latest);
    for (const [name, version] of Object.entries(latest)) if (version !== null) wholeNumber(0)(`limitVersions: ${name}`, version);
    const limits = new Map(Object.entries(latest).map(([name, version]) => [apiKeyOf(name), version]));
    return this.fault({
      name: `versions up to ${JSON.stringify(latest)}`,
      api: "ApiVersions",
      times: "always",
      edit: (answer) => ({
        ...answer,
        apiKeys: (answer["apiKeys"] as readonly AnnouncedApi[]).flatMap((api) => {
          const limit = limits.get(api.apiKey);
          if (limit === undefined) return [api];
          return limit === null || limit < api.minVersion ? [] : [{ ...api, maxVersion: Math.min(api.maxVersion, limit) }];
        }),
      }),
    });
  }

  faults(): readonly FaultHandle[] {
    const armed = this.#broker.faults.all();
    const ids = new Set(armed.map(({ id }) => id));
    for (const id of this.#handles.keys()) if (!ids.has(id)) this.#handles.delete(id);
    return armed.flatMap(({ id }) => this.#handles.get(id) ?? []);
  }

  clearFaults(): void {
    this.#broker.faults.clear();
    this.#handles.clear();
  }

  expireFetchSessions(): void {
    this.#broker.expireFetchSessions();
  }

  async until<Value>(what: string, holds: () => Value | Promise<Value>, untilOptions: UntilOptions = {}): Promise<NonNullable<Value>> {
    checkName("until: what", what);
    checkFunction("until: holds", holds);
    checkUntilOptions("until: options", untilOptions);
    const { seen, ...options } = untilOptions;
    return this.#waits.until<NonNullable<Value>>(
      what,
      async () => {
        const value = await holds();
        return value ? { found: value } : { seen: seen?.() ?? String(value) };
      },
      options,
    );
  }

  async snapshot(name: string = DEFAULT_SNAPSHOT): Promise<void> {
    checkName("snapshot: name", name);
    await this.#broker.snapshot(name);
    if (name === DEFAULT_SNAPSHOT) this.#hasDefaultSnapshot = true;
  }

  async reset(name: string = this.#hasDefaultSnapshot ? DEFAULT_SNAPSHOT : START): Promise<void> {
    checkName("reset: name", name);
    await this.#broker.reset(name);
    this.#handles.clear();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    this.#waits.stop();
    const clients = [...this.#clients, ...(this.#kit ? [this.#kit.client] : [])];
    await Promise.all(clients.map((client) => client.close({ timeoutMs: 0 })));
    await this.#broker.stop();
    // A test that waits for none of its faults must hear of it all the same.
    for (const handle of this.#failed) handle.throwUntoldFailure();
  }

  #throwIfStopped(what: string): void {
    if (this.#stopped) throw new TestingError("KAFKA_STOPPED", `This Kafka was stopped; ${what} before that.`);
  }

  #own(): { readonly client: Client; readonly admin: Admin; producer: Producer | undefined } {
    this.#throwIfStopped("it is asked");
    if (this.#kit) return this.#kit;
    const client = createClient({
      ...QUICK,
      bootstrapServers: this.bootstrapServers,
      clientId: KIT_CLIENT_ID,
      apiTimeoutMs: KIT_API_TIMEOUT_MS,
      requestTimeoutMs: KIT_API_TIMEOUT_MS,
    });
    this.#kit = { client, admin: client.admin(), producer: undefined };
    return this.#kit;
  }

  /** Not idempotent: a reset takes back what the broker knows of a producer. */
  #ownProducer(): Producer {
    const kit = this.#own();
    kit.producer ??= kit.client.producer({ idempotent: false, maxInFlightRequests: 1, deliveryTimeoutMs: 2 * KIT_API_TIMEOUT_MS });
    return kit.producer;
  }
}
