import type { Admin } from "@ottla/client";
import type { TopologyJson } from "../../topology/diagram.ts";
import type { Topology } from "../../topology/topology.ts";
import type { ApplicationState } from "../application-state.ts";
import type { ResolvedOptions } from "../options/resolve-options.ts";
import type { RestoreProgress } from "../restore/changelog-restore.ts";
import { type ClusterFacts, clusterFacts } from "./cluster-facts.ts";
import { javaMetrics, type StreamsMetric } from "./java-metrics.ts";
import type { TaskSnapshot, WorkerSnapshot, WorkerSnapshots } from "./snapshots.ts";
import type { Reason } from "./why/reason.ts";
import { whyNothing } from "./why/why-nothing.ts";
import { reasonOf } from "../../thrown.ts";

/** As long a question to the cluster may take. */
const ASK_MS = 5_000;

/** An instance as it is, in plain data. */
export interface ApplicationDescription {
  readonly applicationId: string;
  readonly processId: string | undefined;
  readonly state: ApplicationState;
  readonly error: string | undefined;
  readonly takenAtMs: number;
  readonly workers: readonly WorkerSnapshot[];
  /** Numbers of workers that did not answer in time: something holds their threads. */
  readonly silentWorkers: readonly number[];
  /** Of all stores that are being filled. */
  readonly restores: readonly RestoreProgress[];
}

/** What is at work, where something is. */
export interface Observed {
  readonly admin: Admin;
  readonly processId: string;
  /** Topics that the tasks read, by their names in the cluster. */
  readonly inputTopics: readonly string[];
  /** Topics that they write to by name, changelogs too. */
  readonly outputTopics: readonly string[];
  snapshots(): Promise<WorkerSnapshots>;
}

/** What an observer has of an application. */
export interface ObserverHost {
  readonly options: ResolvedOptions;
  /** Undefined until its module is loaded. */
  readonly topology: () => Topology | undefined;
  readonly nowMs: () => number;
  readonly state: () => ApplicationState;
  readonly error: () => Error | undefined;
  readonly restores: () => readonly RestoreProgress[];
  /** Undefined where nothing runs. */
  readonly running: () => Observed | undefined;
}

/** Answers questions about a running application. Reads, and changes nothing. */
export class ApplicationObserver {
  readonly #host: ObserverHost;

  constructor(host: ObserverHost) {
    this.#host = host;
  }

  async describe(): Promise<ApplicationDescription> {
    const { options, state, error, restores, nowMs, running } = this.#host;
    const { workers, silent } = (await running()?.snapshots()) ?? { workers: [], silent: [] };
    return {
      applicationId: options.applicationId,
      processId: running()?.processId,
      state: state(),
      error: error()?.message,
      takenAtMs: nowMs(),
      workers,
      silentWorkers: silent,
      restores: restores(),
    };
  }

  /** Its sub-topologies with their nodes and stores; undefined until its module is loaded. */
  topology(): TopologyJson | undefined {
    return this.#host.topology()?.toJSON();
  }

  async tasks(): Promise<readonly TaskSnapshot[]> {
    return (await this.describe()).workers.flatMap(({ tasks }) => tasks);
  }

  async metrics(): Promise<readonly StreamsMetric[]> {
    const { applicationId, processId = "", state, workers, restores } = await this.describe();
    return javaMetrics({
      applicationId,
      processId,
      state,
      topologyDescription: this.#host.topology()?.describe() ?? "",
      workers,
      restores,
    });
  }

  async whyNothing(): Promise<readonly Reason[]> {
    const { options, topology, running } = this.#host;
    const [{ workers, silentWorkers, restores, state, error, takenAtMs }, cluster] = await Promise.all([
      this.describe(),
      this.#askCluster(running()),
    ]);
    return whyNothing({
      applicationId: options.applicationId,
      nowMs: takenAtMs,
      state,
      error,
      isExactlyOnce: options.guarantee === "exactlyOnce",
      commitIntervalMs: options.commitIntervalMs,
      maxTaskIdleMs: options.maxTaskIdleMs,
      workers,
      silentWorkers,
      restores,
      cluster,
      outputs: outputsOf(topology()),
    });
  }

  async #askCluster(observed: Observed | undefined): Promise<ClusterFacts | { readonly error: string }> {
    if (observed === undefined) return { inputs: [], missingTopics: [], missingOutputs: [], group: undefined };
    try {
      const { inputTopics: topics, outputTopics: outputs } = observed;
      return await clusterFacts(observed.admin, { groupId: this.#host.options.applicationId, topics, outputs, timeoutMs: ASK_MS });
    } catch (error) {
      return { error: reasonOf(error) };
    }
  }
}

/** Nodes that write to topics of users. */
function outputsOf(topology: Topology | undefined): ReadonlySet<string> {
  if (topology === undefined) return new Set();
  const { parts, repartitionTopics } = topology.builder;
  const isOwn = (topic: unknown) => typeof topic === "string" && repartitionTopics.has(topic);
  return new Set([...parts.values()].flatMap((part) => (part.kind === "sink" && !isOwn(part.topic) ? [part.name] : [])));
}
