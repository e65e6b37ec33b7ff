import { type Api, decodeResponse, encodeRequest, NIL_UUID } from "@ottla/protocol";
import { createTopicsApi, makeCreatableTopic, makeCreatableTopicConfig, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { makeMetadataRequest, makeMetadataRequestTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import { makeOffsetFetchRequest, offsetFetchApi } from "@ottla/protocol/apis/offset-fetch";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import { Wire } from "../../../tools/sweep/wire.ts";
import { waitUntil } from "../process/wait-until.ts";

const ANSWER_TIMEOUT_MS = 60_000;

/** One cluster under comparison: asks it over plain connections and knows what its own names stand for. */
export class Probe {
  readonly #host: string;
  readonly #port: number;
  /** Ends every name made here, so that a cluster may be asked again. */
  readonly #suffix: string;
  readonly #localAddress: string | undefined;
  readonly #topicIds = new Map<string, string>();
  #wire: Wire | undefined;
  #correlationId = 0;
  clusterId = "";
  nodeId = -1;

  /** `localAddress`: the address of this machine that it asks from. */
  constructor(bootstrap: string, suffix: string, localAddress?: string) {
    this.#localAddress = localAddress;
    const [host = "", port = ""] = bootstrap.split(",")[0]!.split(":");
    this.#host = host;
    this.#port = Number(port);
    this.#suffix = suffix;
  }

  /** The cluster's name for a topic, group or other thing of the cases. */
  named(name: string): string {
    return `${name}.${this.#suffix}`;
  }

  /** The id of a topic that was made here; another cluster's is another. */
  topicId(name: string): string {
    return this.#topicIds.get(name)!;
  }

  /** The answer as it came, or "closed" or "silent". */
  async raw<Request, Response>(api: Api<Request, Response>, version: number, request: Request): Promise<Response | "closed" | "silent"> {
    if (this.#wire?.isOpen !== true) this.#wire = await Wire.open(this.#host, this.#port, this.#localAddress);
    const answer = await this.#wire.ask(encodeRequest(api, version, ++this.#correlationId, "probe", request), ANSWER_TIMEOUT_MS);
    return answer.kind === "frame" ? decodeResponse(api, version, answer.frame) : answer.kind;
  }

  /** The answer with what differs from cluster to cluster put into words. */
  async ask<Request, Response>(api: Api<Request, Response>, version: number, request: Request): Promise<unknown> {
    return this.comparable(await this.raw(api, version, request));
  }

  /** As another probe knows it. */
  learn({ topicIds, clusterId, nodeId }: Pick<Probe, "topicIds" | "clusterId" | "nodeId">): void {
    for (const [name, id] of topicIds) this.#topicIds.set(name, id);
    this.clusterId = clusterId;
    this.nodeId = nodeId;
  }

  get topicIds(): ReadonlyMap<string, string> {
    return this.#topicIds;
  }

  async createTopic(name: string, configs: Readonly<Record<string, string>> = {}): Promise<void> {
    const topic = makeCreatableTopic({
      name: this.named(name),
      numPartitions: 1,
      replicationFactor: 1,
      configs: Object.entries(configs).map(([key, value]) => makeCreatableTopicConfig({ name: key, value })),
    });
    const answer = await this.raw(createTopicsApi, 7, makeCreateTopicsRequest({ topics: [topic], timeoutMs: 10_000 }));
    if (typeof answer === "string" || answer.topics[0]?.errorCode !== 0)
      throw new Error(`${name} was not created: ${JSON.stringify(answer)}`);
    this.#topicIds.set(name, answer.topics[0].topicId);
    await waitUntil(`${name} has a leader`, async () => {
      const request = makeMetadataRequest({
        topics: [makeMetadataRequestTopic({ name: this.named(name) })],
        allowAutoTopicCreation: false,
      });
      const metadata = await this.raw(metadataApi, 12, request);
      return typeof metadata !== "string" && (metadata.topics[0]?.partitions[0]?.leaderId ?? -1) >= 0;
    });
  }

  async produce(topic: string, records: Buffer, version = 11): Promise<unknown> {
    return this.ask(
      produceApi,
      version,
      makeProduceRequest({
        acks: -1,
        timeoutMs: 10_000,
        topicData: [makeTopicProduceData({ name: this.named(topic), partitionData: [makePartitionProduceData({ index: 0, records })] })],
      }),
    );
  }

  /** The topics that the cases ask about, and a coordinator that is ready. */
  async prepare(): Promise<void> {
    const metadata = await this.raw(metadataApi, 12, makeMetadataRequest({ topics: [] }));
    if (typeof metadata === "string") throw new Error(`Metadata was not answered: ${metadata}.`);
    this.clusterId = metadata.clusterId!;
    this.nodeId = metadata.controllerId;
    await this.createTopic("empty");
    await this.createTopic("written");
    await this.createTopic("compacted", { "cleanup.policy": "compact" });
    await this.produce("written", batch(["a", "b", "c"]));
    await this.produce("written", batch(["d"]));
    await waitUntil("the coordinator answers", async () => {
      const key = this.named("group");
      const found = await this.raw(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key, keyType: 0 }));
      if (typeof found === "string" || found.errorCode !== 0) return false;
      const offsets = await this.raw(offsetFetchApi, 7, makeOffsetFetchRequest({ groupId: key, topics: null }));
      return typeof offsets !== "string" && offsets.errorCode === 0;
    });
  }

  close(): void {
    this.#wire?.close();
  }

  /** Texts are ours or Kafka's: of a message only whether there is one. Names, ids, places and times in words. */
  comparable(value: unknown, field = ""): unknown {
    if (value === null || value === undefined || typeof value === "boolean") return value;
    if (typeof value === "string") return this.#text(value, field);
    if (typeof value === "number") return number(value, field);
    if (Buffer.isBuffer(value)) return `${value.length} bytes`;
    if (Array.isArray(value)) return value.map((each) => this.comparable(each, field));
    const entries = Object.entries(value as Readonly<Record<string, unknown>>);
    const refused = entries.some(([name, each]) => name === "errorCode" && each !== 0);
    return Object.fromEntries(
      entries.map(([name, each]) => [name, refused && name === "errorMessage" ? "a text or none" : this.comparable(each, name)]),
    );
  }

  #text(text: string, field: string): string {
    if (/message$/i.test(field)) return text === "" ? "" : "a text";
    if (text === this.clusterId) return "the cluster";
    for (const [name, id] of this.#topicIds) if (text === id) return `the id of ${name}`;
    if (field === "topicId") return text === NIL_UUID ? "no id" : "a new id";
    if (field === "host") return text === "" ? "" : "a host";
    return text.replaceAll(`.${this.#suffix}`, "");
  }
}

function number(value: number, field: string): unknown {
  if (field === "port") return value < 0 ? value : "a port";
  if (field === "nodeId" || field === "controllerId" || field === "leaderId") return value < 0 ? value : "a node";
  if (field === "producerId") return value < 0 ? value : "an id";
  return value > 1_600_000_000_000 && value < 4_000_000_000_000 ? "a time" : value;
}

/** A batch of records with these values. */
export function batch(values: readonly string[], timestampMs = Date.now()): Buffer {
  const builder = new RecordBatchBuilder({ limitBytes: 100_000 });
  for (const value of values) builder.append(Buffer.from("key"), Buffer.from(value), [], timestampMs);
  return builder.close("none");
}
