import type { TopicDescription } from "@ottla/client";

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

/** Events of one kind in one look are told one by one up to here; more are summed up, since a broker that leaves moves thousands of leaders. */
const TOLD_ONE_BY_ONE = 20;

/** What changed in the topics from one look to the next. */
export function topicEvents(
  before: ReadonlyMap<string, TopicDescription>,
  after: ReadonlyMap<string, TopicDescription>,
  atMs: number,
): readonly TimelineEvent[] {
  const events: TimelineEvent[] = [];
  for (const [name, topic] of after) {
    const known = before.get(name);
    if (known === undefined || known.topicId !== topic.topicId)
      events.push({
        atMs,
        kind: "topicCreated",
        subject: name,
        what: `Topic ${name} was created with ${counted(topic.partitions.length, "partition")}.`,
      });
    else if (known !== topic) events.push(...partitionEvents(known, topic, atMs));
  }
  for (const name of before.keys())
    if (!after.has(name)) events.push({ atMs, kind: "topicDeleted", subject: name, what: `Topic ${name} was deleted.` });
  return summedUp(events, atMs);
}

function* partitionEvents(before: TopicDescription, after: TopicDescription, atMs: number): Generator<TimelineEvent> {
  const { name } = after;
  const added = after.partitions.length - before.partitions.length;
  if (added > 0)
    yield {
      atMs,
      kind: "partitionsAdded",
      subject: name,
      what: `Topic ${name} got ${counted(added, "partition")}; equal keys may lie elsewhere now.`,
    };
  const known = new Map(before.partitions.map((each) => [each.partition, each]));
  for (const { partition, leader, isr } of after.partitions) {
    const old = known.get(partition);
    if (old === undefined) continue;
    const subject = `${name}:${partition}`;
    if (leader !== old.leader)
      yield leader === undefined
        ? { atMs, kind: "leaderLost", subject, what: `${subject} has no leader any more; it was broker ${old.leader}.` }
        : {
            atMs,
            kind: "leaderChanged",
            subject,
            what: `Broker ${leader} leads ${subject}; before, ${old.leader === undefined ? "nobody" : `broker ${old.leader}`} did.`,
          };
    const [gone, come] = [old.isr.filter((id) => !isr.includes(id)), isr.filter((id) => !old.isr.includes(id))];
    if (gone.length > 0)
      yield { atMs, kind: "isrShrank", subject, what: `${brokers(gone)} fell out of the in-sync replicas of ${subject}.` };
    if (come.length > 0) yield { atMs, kind: "isrGrew", subject, what: `${brokers(come)} caught up with ${subject}.` };
  }
}

function summedUp(events: readonly TimelineEvent[], atMs: number): readonly TimelineEvent[] {
  const byKind = new Map<TimelineEvent["kind"], TimelineEvent[]>();
  for (const event of events) {
    const same = byKind.get(event.kind);
    if (same) same.push(event);
    else byKind.set(event.kind, [event]);
  }
  return [...byKind].flatMap(([kind, same]) => {
    if (same.length <= TOLD_ONE_BY_ONE) return same;
    const rest = same.length - TOLD_ONE_BY_ONE;
    const sum = { atMs, kind, subject: `${rest} more`, what: `${same[TOLD_ONE_BY_ONE]!.what} And ${rest - 1} more like it.` };
    return [...same.slice(0, TOLD_ONE_BY_ONE), sum];
  });
}

function brokers(ids: readonly number[]): string {
  return ids.length === 1 ? `Broker ${ids[0]}` : `Brokers ${ids.join(", ")}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
