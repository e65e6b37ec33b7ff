import type { TopicDescription } from "@ottla/client";
import type { TimelineEvent } from "./timeline.ts";

/** Events of one kind in one look are told one by one up to here; more are summed up, since a broker that leaves moves thousands of leaders. */
const TOLD_ONE_BY_ONE = 20;

type Kind = TimelineEvent["kind"];

/** What changed in the topics from one look to the next, gathered topic by topic: of a storm no more is kept than is told. */
export class TopicEvents {
  readonly #atMs: number;
  readonly #kept = new Map<Kind, { count: number; readonly first: TimelineEvent[] }>();

  constructor(atMs: number) {
    this.#atMs = atMs;
  }

  created({ name, partitions }: TopicDescription): void {
    this.#add("topicCreated", name, () => `Topic ${name} was created with ${counted(partitions.length, "partition")}.`);
  }

  deleted(name: string): void {
    this.#add("topicDeleted", name, () => `Topic ${name} was deleted.`);
  }

  changed(before: TopicDescription, { name, partitions }: TopicDescription): void {
    const added = partitions.length - before.partitions.length;
    if (added > 0)
      this.#add("partitionsAdded", name, () => `Topic ${name} got ${counted(added, "partition")}; equal keys may lie elsewhere now.`);
    const known = new Map(before.partitions.map((each) => [each.partition, each]));
    for (const { partition, leader, isr } of partitions) {
      const old = known.get(partition);
      if (old === undefined) continue;
      const subject = `${name}:${partition}`;
      if (leader !== old.leader && leader === undefined)
        this.#add("leaderLost", subject, () => `${subject} has no leader any more; it was broker ${old.leader}.`);
      else if (leader !== old.leader)
        this.#add(
          "leaderChanged",
          subject,
          () => `Broker ${leader} leads ${subject}; before, ${old.leader === undefined ? "nobody" : `broker ${old.leader}`} did.`,
        );
      const [gone, come] = [old.isr.filter((id) => !isr.includes(id)), isr.filter((id) => !old.isr.includes(id))];
      if (gone.length > 0) this.#add("isrShrank", subject, () => `${brokers(gone)} fell out of the in-sync replicas of ${subject}.`);
      if (come.length > 0) this.#add("isrGrew", subject, () => `${brokers(come)} caught up with ${subject}.`);
    }
  }

  /** In the order of their kinds' coming. */
  all(): readonly TimelineEvent[] {
    return [...this.#kept].flatMap(([kind, { count, first }]) => {
      const rest = count - TOLD_ONE_BY_ONE;
      if (rest <= 0) return first;
      const what = `${first[TOLD_ONE_BY_ONE]!.what} And ${rest - 1} more like it.`;
      return [...first.slice(0, TOLD_ONE_BY_ONE), { atMs: this.#atMs, kind, subject: `${rest} more`, what }];
    });
  }

  #add(kind: Kind, subject: string, what: () => string): void {
    let kept = this.#kept.get(kind);
    if (kept === undefined) this.#kept.set(kind, (kept = { count: 0, first: [] }));
    if (++kept.count <= TOLD_ONE_BY_ONE + 1) kept.first.push({ atMs: this.#atMs, kind, subject, what: what() });
  }
}

function brokers(ids: readonly number[]): string {
  return ids.length === 1 ? `Broker ${ids[0]}` : `Brokers ${ids.join(", ")}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
