import { ErrorCode } from "@ottla/protocol";
import { makeStreamsGroupTopologyValue, makeSubtopology, makeTopicInfo } from "@ottla/protocol/data/streams-group-topology-value";
import type { OwnedTasks } from "../reconcile-tasks.ts";
import type { StreamsHeartbeat, StreamsHeartbeatAnswer } from "../streams-decision.ts";
import type { AnyTasks, ListedTasks } from "../tasks.ts";

/** Errors upon which a thread gives up all it has and joins anew. */
const FENCED: ReadonlySet<number> = new Set([ErrorCode.FENCED_MEMBER_EPOCH, ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.GROUP_ID_NOT_FOUND]);

/** Two sub-topologies: "0" reads t and u, "1" reads v and has state. */
const modelTopology = makeStreamsGroupTopologyValue({
  subtopologies: [
    makeSubtopology({ subtopologyId: "0", sourceTopics: ["t", "u"] }),
    makeSubtopology({ subtopologyId: "1", sourceTopics: ["v"], stateChangelogTopics: [makeTopicInfo({ name: "g-changelog" })] }),
  ],
});

type Role = "active" | "standby" | "warmup";

/**
 * A thread of a Streams application as KIP-1071 wants it: it runs what it was told to run, ends what it is no longer told, takes its time over it, and says what it has only once it has ended the
 * rest. Answers may be lost on the way to it.
 */
export class ModelThread {
  readonly name: string;
  readonly processId: string;
  readonly instanceId: string | null;
  /** "1_0": what it has the state of now, and how. */
  readonly owned = new Map<string, Role>();
  #memberId: string;
  #epoch = 0;
  #lives = 0;
  #told: ReadonlyMap<string, Role> = new Map();
  #isChanging = false;
  /** An answer was lost: it says again what it has. */
  #isUnsure = false;

  constructor(name: string, processId: string, instanceId: string | null) {
    this.name = name;
    this.processId = processId;
    this.instanceId = instanceId;
    this.#memberId = `${name}-0`;
  }

  get isMember(): boolean {
    return this.#epoch > 0;
  }

  /** It has ended what it is to give up, and begins with what is new. */
  reconcile(): void {
    for (const task of [...this.owned.keys()]) if (!this.#told.has(task)) this.owned.delete(task);
    for (const [task, role] of this.#told) this.owned.set(task, role);
  }

  /** The thread dies, or begins again under another member id. */
  die(): void {
    this.owned.clear();
    this.#told = new Map();
    this.#epoch = 0;
    this.#isChanging = false;
    this.#isUnsure = false;
    this.#memberId = `${this.name}-${++this.#lives}`;
  }

  heartbeat(): Omit<StreamsHeartbeat, "groupId"> {
    const isJoining = this.#epoch === 0;
    const isDone = this.owned.size === this.#told.size && [...this.owned].every(([task, role]) => this.#told.get(task) === role);
    const owned = isJoining || this.#isUnsure || (this.#isChanging && isDone) ? this.#ownedTasks() : undefined;
    return {
      memberId: this.#memberId,
      memberEpoch: this.#epoch,
      endpointInformationEpoch: 0,
      instanceId: this.instanceId,
      rackId: null,
      rebalanceTimeoutMs: isJoining ? 30_000 : -1,
      topology: isJoining ? modelTopology : null,
      activeTasks: owned?.active ?? null,
      standbyTasks: owned?.standby ?? null,
      warmupTasks: owned?.warmup ?? null,
      processId: isJoining ? this.processId : null,
      userEndpoint: null,
      clientTags: null,
      taskOffsets: null,
      taskEndOffsets: null,
      shutdownApplication: false,
      clientId: this.name,
      clientHost: "/127.0.0.1",
      version: 1,
    };
  }

  /** What it would send on leaving; -2 for a while. */
  leave(memberEpoch: -1 | -2): Omit<StreamsHeartbeat, "groupId"> {
    return {
      ...this.heartbeat(),
      memberEpoch,
      topology: null,
      activeTasks: null,
      standbyTasks: null,
      warmupTasks: null,
      rebalanceTimeoutMs: -1,
    };
  }

  /** `undefined`: the answer was lost. */
  answered(sent: Omit<StreamsHeartbeat, "groupId">, answer: StreamsHeartbeatAnswer | undefined): void {
    if (answer === undefined) {
      this.#isUnsure = true;
      return;
    }
    if (FENCED.has(answer.errorCode)) {
      const memberId = this.#memberId;
      this.die();
      this.#memberId = memberId;
      return;
    }
    if (answer.errorCode !== ErrorCode.NONE) return;
    this.#epoch = answer.memberEpoch;
    this.#isUnsure = false;
    if (sent.activeTasks !== null) this.#isChanging = false;
    if (answer.tasks === null) return;
    this.#told = toldBy(answer.tasks);
    // Also where it had not yet begun with what it is to give up.
    this.#isChanging = true;
  }

  #ownedTasks(): OwnedTasks {
    return { active: this.#listed("active"), standby: this.#listed("standby"), warmup: this.#listed("warmup") };
  }

  #listed(wanted: Role): ListedTasks[] {
    const bySubtopology = new Map<string, number[]>();
    for (const [task, role] of this.owned) {
      const [subtopologyId = "", partition = ""] = task.split("_");
      if (role === wanted) bySubtopology.set(subtopologyId, [...(bySubtopology.get(subtopologyId) ?? []), Number(partition)]);
    }
    return Array.from(bySubtopology, ([subtopologyId, partitions]) => ({ subtopologyId, partitions }));
  }
}

function toldBy(tasks: Readonly<Record<Role, AnyTasks>>): ReadonlyMap<string, Role> {
  const told = new Map<string, Role>();
  for (const role of ["warmup", "standby", "active"] as const)
    for (const [subtopologyId, partitions] of tasks[role])
      for (const partition of partitions.keys()) told.set(`${subtopologyId}_${partition}`, role);
  return told;
}
