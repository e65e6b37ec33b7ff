import type { ClusterDescription } from "@ottla/client";
import { type Look, notSeen, type NotSeen, paced } from "./look.ts";
import type { Timeline, TimelineEvent } from "./timeline.ts";

/** The brokers of a cluster, and who controls it. */
export class BrokerWatch {
  readonly #timeline: Timeline;
  #cluster: ClusterDescription | undefined;
  #seenAtMs: number | undefined;
  #failure: NotSeen | undefined;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** As it was last seen. */
  get cluster(): ClusterDescription | undefined {
    return this.#cluster;
  }

  get seenAtMs(): number | undefined {
    return this.#seenAtMs;
  }

  get failure(): NotSeen | undefined {
    return this.#failure;
  }

  get nodeIds(): readonly number[] {
    return this.#cluster?.nodes.map(({ nodeId }) => nodeId) ?? [];
  }

  async look(look: Look): Promise<void> {
    const atMs = look.clock.nowMs();
    try {
      const cluster = await paced(look, 1, (options) => look.admin.describeCluster(options));
      if (this.#cluster !== undefined) this.#timeline.add(brokerEvents(this.#cluster, cluster, atMs));
      [this.#cluster, this.#seenAtMs, this.#failure] = [cluster, atMs, undefined];
    } catch (error) {
      look.signal.throwIfAborted();
      this.#failure = notSeen(error, atMs, this.#failure);
    }
  }
}

function brokerEvents(before: ClusterDescription, after: ClusterDescription, atMs: number): readonly TimelineEvent[] {
  const events: TimelineEvent[] = [];
  const ids = (cluster: ClusterDescription): Set<number> => new Set(cluster.nodes.map(({ nodeId }) => nodeId));
  const [old, now] = [ids(before), ids(after)];
  for (const id of old)
    if (!now.has(id)) events.push({ atMs, kind: "brokerLeft", subject: `broker ${id}`, what: `Broker ${id} left the cluster.` });
  for (const id of now)
    if (!old.has(id)) events.push({ atMs, kind: "brokerJoined", subject: `broker ${id}`, what: `Broker ${id} joined the cluster.` });
  if (after.controllerId !== before.controllerId)
    events.push({
      atMs,
      kind: "controllerChanged",
      subject: "controller",
      what: `The controller is ${after.controllerId === undefined ? "not known" : `broker ${after.controllerId}`}; it was ${before.controllerId === undefined ? "not known" : `broker ${before.controllerId}`}.`,
    });
  return events;
}
