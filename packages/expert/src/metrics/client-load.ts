import type { ClientLoad, StreamsLoad, StreamsThreadLoad } from "../snapshot/metrics-snapshot.ts";
import type { MetricSample } from "./parse-metrics.ts";
import { clientMetricOf, labelOf, plainName } from "./plain-names.ts";

/** More are no application's page. */
const CLIENTS_MAX = 1000;

type Fact = "pollGapMaxMs" | "pollGapAvgMs" | "pollIdle" | "recordsLagMax" | "sentBytesPerS" | "compressionRatio";

const CLIENT_FACTS: Readonly<Record<string, Fact>> = {
  "consumer timebetweenpollmax": "pollGapMaxMs",
  "consumer timebetweenpollavg": "pollGapAvgMs",
  "consumer pollidleratioavg": "pollIdle",
  "consumerfetchmanager recordslagmax": "recordsLagMax",
  "producer outgoingbyterate": "sentBytesPerS",
  "producer compressionrateavg": "compressionRatio",
};

/** Of threads of one instance. */
const THREAD_FACTS: Readonly<Record<string, Exclude<keyof StreamsThreadLoad, "thread">>> = {
  processratio: "processRatio",
  pollratio: "pollRatio",
  commitratio: "commitRatio",
};

/** Kafka Streams' states by their numbers. */
const STATES = ["CREATED", "REBALANCING", "RUNNING", "PENDING_SHUTDOWN", "NOT_RUNNING", "PENDING_ERROR", "ERROR"];

interface Instance {
  application: string | undefined;
  state: string | undefined;
  aliveThreads: number | undefined;
  failedThreads: number | undefined;
  readonly threads: Map<string, Partial<Record<keyof StreamsThreadLoad, number>>>;
  readonly dropping: Map<string, number>;
  restoringTasks: number;
  restoreRemaining: number | undefined;
}

/** Gathers what a page says of producers, consumers and Streams applications. */
export class ClientLoadReader {
  readonly #clients = new Map<string, Partial<Record<Fact, number>>>();
  /** A page is an instance's, or a few of one process. */
  readonly #instances = new Map<string, Instance>();

  take(sample: MetricSample): void {
    const metric = clientMetricOf(plainName(sample));
    if (metric === undefined) return;
    const { group, attribute } = metric;
    if (group.startsWith("stream")) this.#takeStreams(sample, group, attribute);
    else if (typeof sample.value === "number") this.#takeClient(sample, `${group} ${attribute}`, sample.value);
  }

  clients(page: string): readonly ClientLoad[] {
    return [...this.#clients].map(([clientId, facts]) => ({
      page,
      clientId,
      pollGapMaxMs: facts.pollGapMaxMs,
      pollGapAvgMs: facts.pollGapAvgMs,
      pollIdle: facts.pollIdle,
      recordsLagMax: facts.recordsLagMax,
      sentBytesPerS: facts.sentBytesPerS,
      compressionRatio: facts.compressionRatio,
    }));
  }

  streams(page: string): readonly StreamsLoad[] {
    return [...this.#instances].map(([id, instance]) => ({
      page,
      application: instance.application ?? id,
      state: instance.state,
      aliveThreads: instance.aliveThreads,
      failedThreads: instance.failedThreads,
      threads: [...instance.threads].map(([thread, facts]) => ({
        thread,
        processRatio: facts.processRatio,
        pollRatio: facts.pollRatio,
        commitRatio: facts.commitRatio,
      })),
      dropping: [...instance.dropping].map(([task, perS]) => ({ task, perS })),
      restoringTasks: instance.restoringTasks,
      restoreRemaining: instance.restoreRemaining,
    }));
  }

  #takeClient(sample: MetricSample, what: string, value: number): void {
    const fact = Object.hasOwn(CLIENT_FACTS, what) ? CLIENT_FACTS[what] : undefined;
    const clientId = labelOf(sample, "clientid");
    // A mean over nothing is shown as NaN, a maximum over nothing as −∞.
    if (fact === undefined || clientId === undefined || !Number.isFinite(value)) return;
    let client = this.#clients.get(clientId);
    if (client === undefined) {
      if (this.#clients.size >= CLIENTS_MAX) return;
      this.#clients.set(clientId, (client = {}));
    }
    // The lag is told for each partition too, the rest once.
    client[fact] = Math.max(client[fact] ?? value, value);
  }

  #takeStreams(sample: MetricSample, group: string, attribute: string): void {
    const { value } = sample;
    const thread = labelOf(sample, "threadid");
    const id = labelOf(sample, "clientid") ?? (thread === undefined ? undefined : instanceOfThread(thread));
    if (id === undefined) return;
    const instance = this.#instance(id);
    if (instance === undefined) return;
    instance.application ??= labelOf(sample, "applicationid");
    if (group === "stream" && attribute === "state" && typeof value === "string") instance.state ??= value;
    if (typeof value !== "number" || !Number.isFinite(value)) return;
    switch (group) {
      case "stream":
        if (attribute === "clientstate") instance.state ??= STATES[value];
        else if (attribute === "alivestreamthreads") instance.aliveThreads = value;
        else if (attribute === "failedstreamthreads") instance.failedThreads = value;
        break;
      case "streamthread": {
        const fact = Object.hasOwn(THREAD_FACTS, attribute) ? THREAD_FACTS[attribute] : undefined;
        if (fact !== undefined && thread !== undefined) {
          const facts = instance.threads.get(thread) ?? {};
          facts[fact] = value;
          instance.threads.set(thread, facts);
        }
        break;
      }
      case "streamtask":
        if (attribute === "droppedrecordsrate" && value > 0) instance.dropping.set(labelOf(sample, "taskid") ?? "a task", value);
        else if (/^restoreremainingrecords(total)?$/.test(attribute)) instance.restoreRemaining = (instance.restoreRemaining ?? 0) + value;
        break;
      case "streamstateupdater":
        if (attribute === "activerestoringtasks") instance.restoringTasks += value;
        break;
    }
  }

  #instance(id: string): Instance | undefined {
    const known = this.#instances.get(id);
    if (known !== undefined || this.#instances.size >= CLIENTS_MAX) return known;
    const made: Instance = {
      application: undefined,
      state: undefined,
      aliveThreads: undefined,
      failedThreads: undefined,
      threads: new Map(),
      dropping: new Map(),
      restoringTasks: 0,
      restoreRemaining: undefined,
    };
    this.#instances.set(id, made);
    return made;
  }
}

/** The client's id in a thread's name: `orders-4f0e-StreamThread-1`, `orders-4f0e-worker-1`, `…-StateUpdater-1`. */
function instanceOfThread(thread: string): string {
  return thread.replace(/-(?:StreamThread|StateUpdater|GlobalStreamThread|worker)(?:-\d+)?$/i, "");
}
