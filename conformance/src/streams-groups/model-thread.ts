import type { SeededRandom } from "@ottla/base/simulated";
import {
  makeStreamsGroupHeartbeatRequest,
  makeStreamsGroupHeartbeatRequestEndpoint,
  makeStreamsGroupHeartbeatRequestTaskIds,
  makeKeyValue,
  makeTaskOffset,
  type StreamsGroupHeartbeatRequest,
  type StreamsGroupHeartbeatResponse,
  type Topology,
} from "@ottla/protocol/apis/streams-group-heartbeat";

interface ListedTasks {
  readonly subtopologyId: string;
  readonly partitions: readonly number[];
}

/** Tasks as an answer gives them. */
interface Told {
  readonly active: readonly ListedTasks[];
  readonly standby: readonly ListedTasks[];
  readonly warmup: readonly ListedTasks[];
}

const NONE: Told = { active: [], standby: [], warmup: [] };

/** A member as KIP-1071 wants it, or nearly: what it says is decided by the seed, what it was told is Apache Kafka's. */
export class ModelThread {
  readonly name: string;
  readonly instanceId: string | null;
  readonly #place: number;
  readonly #processId: string;
  readonly #endpoint: { readonly host: string; readonly port: number } | null;
  memberId: string;
  epoch = 0;
  /** It did not hear an answer: ours tells it its tasks again, Apache Kafka does not. */
  isBehind = false;
  #lives = 0;
  #endpointEpoch = 0;
  #told = NONE;
  #owned = NONE;

  /** `place`: how many came before it. */
  constructor(place: number, random: SeededRandom, hasEndpoint: boolean) {
    const name = `m${place}`;
    this.name = name;
    this.#place = place;
    this.instanceId = random.nextInt(3) === 0 ? `i-${name}` : null;
    this.#processId = `p${random.nextInt(3)}`;
    this.#endpoint = hasEndpoint ? { host: `host-${name}`, port: 1000 + random.nextInt(60_000) } : null;
    this.memberId = this.#newId();
  }

  get isMember(): boolean {
    return this.epoch > 0;
  }

  join(groupId: string, topology: Topology): StreamsGroupHeartbeatRequest {
    this.epoch = 0;
    this.#told = NONE;
    this.#owned = NONE;
    return makeStreamsGroupHeartbeatRequest({
      ...this.#base(groupId),
      topology,
      rebalanceTimeoutMs: 300_000,
      processId: this.#processId,
      userEndpoint: this.#endpoint && makeStreamsGroupHeartbeatRequestEndpoint(this.#endpoint),
      clientTags: [makeKeyValue({ key: "zone", value: this.#processId })],
      ...wire(NONE),
    });
  }

  /** Says nothing new, or what it has by now, or how far its state is. */
  heartbeat(groupId: string, random: SeededRandom): StreamsGroupHeartbeatRequest {
    const isNews = random.nextInt(3) > 0;
    if (isNews && random.nextInt(4) > 0) this.#owned = this.#told;
    const offsets = this.#owned.standby.flatMap(({ subtopologyId, partitions }) =>
      partitions.map((partition) => makeTaskOffset({ subtopologyId, partition, offset: random.nextInt(5) * 10 })),
    );
    return makeStreamsGroupHeartbeatRequest({
      ...this.#base(groupId),
      ...(isNews ? wire(this.#owned) : {}),
      taskOffsets: random.nextInt(3) === 0 ? offsets : null,
    });
  }

  /** An epoch that is not its own, with or without what it has. */
  odd(groupId: string, random: SeededRandom): StreamsGroupHeartbeatRequest {
    const memberEpoch = Math.max(1, this.epoch + random.nextInt(3) - 1);
    return makeStreamsGroupHeartbeatRequest({ ...this.#base(groupId), memberEpoch, ...(random.nextInt(2) === 0 ? wire(this.#owned) : {}) });
  }

  leave(groupId: string, memberEpoch: -1 | -2): StreamsGroupHeartbeatRequest {
    return makeStreamsGroupHeartbeatRequest({ ...this.#base(groupId), memberEpoch });
  }

  /** It begins again under another member id. */
  startAnew(): void {
    this.epoch = 0;
    this.#lives++;
    this.memberId = this.#newId();
  }

  answered({
    errorCode,
    memberEpoch,
    activeTasks,
    standbyTasks,
    warmupTasks,
    endpointInformationEpoch,
  }: StreamsGroupHeartbeatResponse): void {
    if (errorCode !== 0) return;
    this.epoch = memberEpoch;
    this.#endpointEpoch = endpointInformationEpoch;
    if (activeTasks && standbyTasks && warmupTasks) this.#told = { active: activeTasks, standby: standbyTasks, warmup: warmupTasks };
  }

  /** Each in a bucket of its own of a Java hash table: what is in one bucket is in the order of Kafka's own tables, which decides ties. */
  #newId(): string {
    const bucket = 2 * this.#place + (this.#lives % 2);
    for (let i = 0; ; i++) {
      const memberId = `${this.name}-${this.#lives}-${i}`;
      if (bucketOf(memberId) === bucket) return memberId;
    }
  }

  #base(groupId: string) {
    return {
      groupId,
      memberId: this.memberId,
      memberEpoch: this.epoch,
      instanceId: this.instanceId,
      endpointInformationEpoch: this.#endpointEpoch,
    };
  }
}

/** Of sixteen. */
function bucketOf(key: string): number {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (Math.imul(31, hash) + key.charCodeAt(i)) | 0;
  return (hash ^ (hash >>> 16)) & 15;
}

function wire({ active, standby, warmup }: Told) {
  const listed = (tasks: readonly ListedTasks[]) => tasks.map((each) => makeStreamsGroupHeartbeatRequestTaskIds(each));
  return { activeTasks: listed(active), standbyTasks: listed(standby), warmupTasks: listed(warmup) };
}
