/** Something that changed in the cluster, as the watch saw it: between two looks, so the time is that of the second one. */
export interface TimelineEvent {
  /** Since 1970. */
  readonly atMs: number;
  readonly kind:
    | "topicCreated"
    | "topicDeleted"
    | "partitionsAdded"
    | "leaderChanged"
    | "leaderLost"
    | "isrShrank"
    | "isrGrew"
    | "brokerLeft"
    | "brokerJoined"
    | "controllerChanged"
    | "groupState"
    | "action";
  /** What it is about: a topic, `topic:partition`, `broker 2`, a group. */
  readonly subject: string;
  /** One sentence. */
  readonly what: string;
}

/** The newest events of a cluster, so many at most: the oldest go. */
export class Timeline {
  readonly #most: number;
  #events: TimelineEvent[] = [];

  constructor(most = 2_000) {
    this.#most = most;
  }

  add(events: readonly TimelineEvent[]): void {
    if (events.length === 0) return;
    this.#events = [...this.#events, ...events.slice(-this.#most)].slice(-this.#most);
  }

  /** The newest first. */
  newest(most: number): readonly TimelineEvent[] {
    return this.#events.slice(-most).reverse();
  }
}
