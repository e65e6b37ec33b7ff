import type { GroupListing } from "@ottla/client";
import { type GroupObservation, type LagReport, lagOf, observe, reportLagInSlices } from "@ottla/expert";
import { type DescribedGroup, requestsOfGroups, sampleGroups } from "@ottla/expert/collect";
import { GroupHistory, type GroupTurn } from "./group-history.ts";
import { LagHistory, type LagPoint } from "./lag-history.ts";
import { type Look, notSeen, type NotSeen, paced } from "./look.ts";
import { lookAtShareGroup, type ShareLook } from "./share-groups.ts";
import type { Timeline, TimelineEvent } from "./timeline.ts";

/** A group as lists show it. What is not known (yet) is absent. */
export interface GroupRow {
  readonly groupId: string;
  /** `classic`, `consumer`, `share`, `streams`, or as the broker says. */
  readonly type: string;
  readonly protocolType: string;
  readonly state: string;
  /** Of a classic group the assignor that it agreed on, once it was looked at. */
  readonly assignor: string | undefined;
  readonly coordinator: number;
  readonly members: number | undefined;
  readonly lag: number | undefined;
  /** Burrow's verdict; `UNKNOWN` until it was watched for long enough. */
  readonly status: string | undefined;
  /** Since 1970, when members and lag were looked at. */
  readonly seenAtMs: number | undefined;
}

/** So many groups are looked at again and again at once: those somebody looks at. */
const WATCHED_MAX = 100;
/** After so long nobody looks at a group any more. */
const WATCHED_FOR_MS = 60_000;
/** Of the others so many at a time, in turn. */
const IN_TURN = 50;
const REQUESTS_PER_SHARE_GROUP = 2;
/** Of each leader, for where partitions begin, are stable and end. */
const REQUESTS_PER_LEADER = 3;

interface Known {
  readonly listing: GroupListing;
  /** Those it has committed to or is assigned. */
  readonly topics?: ReadonlySet<string>;
  readonly seen?: Pick<GroupRow, "assignor" | "members" | "lag" | "status" | "seenAtMs">;
}

/** The groups of a cluster. Those somebody looks at are watched closely, with their past; of the others members and lag are looked at in turn. */
export class GroupWatch {
  readonly #timeline: Timeline;
  readonly #groups = new Map<string, Known>();
  /** Until when each is watched. */
  readonly #wanted = new Map<string, number>();
  readonly #observations = new Map<string, GroupObservation>();
  /** What the newest look at a watched group comes to: made once, however many ask for it. */
  readonly #reports = new Map<string, LagReport>();
  readonly #lags = new LagHistory();
  readonly #shares = new Map<string, ShareLook>();
  readonly #history = new GroupHistory();
  #turn = 0;
  #seenAtMs: number | undefined;
  #failure: NotSeen | undefined;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  get seenAtMs(): number | undefined {
    return this.#seenAtMs;
  }

  get failure(): NotSeen | undefined {
    return this.#failure;
  }

  get size(): number {
    return this.#groups.size;
  }

  row(groupId: string): GroupRow | undefined {
    const known = this.#groups.get(groupId);
    return known && rowOf(known.listing, known.seen);
  }

  rows(): readonly GroupRow[] {
    return [...this.#groups.values()].map(({ listing, seen }) => rowOf(listing, seen));
  }

  /** What is known of a watched group; undefined until it was looked at. */
  observation(groupId: string): GroupObservation | undefined {
    return this.#observations.get(groupId);
  }

  /** How a watched group stands by its newest look; undefined until it was looked at. */
  report(groupId: string): LagReport | undefined {
    return this.#reports.get(groupId);
  }

  /** How the lag of a group went, the oldest first: in outline where nobody watched it. */
  points(groupId: string): readonly LagPoint[] {
    return this.#lags.points(groupId);
  }

  /** A watched group of the share protocol; undefined until it was looked at. */
  share(groupId: string): ShareLook | undefined {
    return this.#shares.get(groupId);
  }

  /** What changed from look to look while it was watched, the newest first. */
  turns(groupId: string): readonly GroupTurn[] {
    return this.#history.turns(groupId);
  }

  /** Groups that were seen to read the topic, of those that were looked at. */
  readersOf(topic: string): readonly GroupRow[] {
    return [...this.#groups.values()].filter(({ topics }) => topics?.has(topic)).map(({ listing, seen }) => rowOf(listing, seen));
  }

  /** Somebody looks at these: they are watched for a minute more. The ones that nobody asked for longest make way. */
  want(groupIds: readonly string[], monotonicMs: number): void {
    for (const groupId of groupIds.slice(0, WATCHED_MAX)) {
      this.#wanted.delete(groupId);
      this.#wanted.set(groupId, monotonicMs + WATCHED_FOR_MS);
    }
    for (const groupId of this.#wanted.keys()) {
      if (this.#wanted.size <= WATCHED_MAX) break;
      this.#forget(groupId);
    }
  }

  async lookAtList(look: Look, brokers: number): Promise<void> {
    const atMs = look.clock.nowMs();
    try {
      const listed = await paced(look, brokers, (options) => look.admin.listGroups(options));
      const found = new Map(listed.map((listing) => [listing.groupId, listing]));
      if (this.#seenAtMs !== undefined) this.#timeline.add(stateEvents(this.#groups, found, atMs));
      for (const groupId of this.#groups.keys()) if (!found.has(groupId)) this.#drop(groupId);
      for (const [groupId, listing] of found) this.#groups.set(groupId, { ...this.#groups.get(groupId), listing });
      [this.#seenAtMs, this.#failure] = [atMs, undefined];
    } catch (error) {
      look.signal.throwIfAborted();
      this.#failure = notSeen(error, atMs, this.#failure);
    }
  }

  /** Members, commits and ends of the watched groups, and of some others. */
  async lookAtLag(look: Look, brokers: number): Promise<void> {
    const nowMs = look.clock.monotonicMs();
    for (const [groupId, untilMs] of this.#wanted) if (untilMs < nowMs) this.#forget(groupId);
    const all = [...new Set([...this.#wanted.keys(), ...this.#nextInTurn()])].filter((groupId) => this.#groups.has(groupId));
    const shareIds = all.filter((groupId) => this.#typeOf(groupId) === "share");
    for (const groupId of shareIds) await this.#lookAtShare(groupId, look);
    const groupIds = all.filter((groupId) => this.#typeOf(groupId) !== "share");
    if (groupIds.length === 0) return;
    try {
      const requests = requestsOfGroups(groupIds.length, brokers) + brokers * REQUESTS_PER_LEADER;
      const { samples, descriptions, failures } = await paced(look, requests, () => sampleGroups(look.admin, groupIds, look));
      const described = new Map(descriptions.map((description) => [description.groupId, description]));
      for (const sample of samples) {
        const observation = observe(this.#observations.get(sample.groupId), sample);
        if (this.#wanted.has(sample.groupId)) {
          const report = await reportLagInSlices(observation, look.slice);
          this.#observations.set(sample.groupId, observation);
          this.#reports.set(sample.groupId, report);
        }
        this.#see(sample.groupId, observation, described.get(sample.groupId)?.protocol, look.clock.nowMs());
        this.#remember(observation, described.get(sample.groupId), look.clock.nowMs());
        if (look.slice.isOver) await look.slice.rest();
      }
      for (const { groupId, error } of failures) if (error.code === "GROUP_ID_NOT_FOUND") this.#drop(groupId);
    } catch (error) {
      look.signal.throwIfAborted();
      this.#failure ??= notSeen(error, look.clock.nowMs());
    }
  }

  #see(groupId: string, observation: GroupObservation, assignor: string | undefined, seenAtMs: number): void {
    const known = this.#groups.get(groupId);
    if (known === undefined) return;
    let lag = 0;
    const topics = new Set<string>();
    for (const partition of observation.partitions.values()) {
      lag += lagOf(partition) ?? 0;
      topics.add(partition.topic);
    }
    const isWatched = this.#observations.has(groupId);
    this.#lags.see(groupId, { atMs: seenAtMs, lag }, isWatched);
    const status = isWatched ? this.#reports.get(groupId)?.status : undefined;
    this.#groups.set(groupId, { ...known, topics, seen: { assignor, members: observation.members.length, lag, status, seenAtMs } });
  }

  async #lookAtShare(groupId: string, look: Look): Promise<void> {
    try {
      const seen = await paced(look, REQUESTS_PER_SHARE_GROUP, (options) => lookAtShareGroup(look.admin, groupId, options));
      const known = this.#groups.get(groupId);
      if (seen === undefined || known === undefined) return this.#drop(groupId);
      const { description, places, lag } = seen;
      const atMs = look.clock.nowMs();
      const topics = new Set(places.map(({ topic }) => topic));
      this.#groups.set(groupId, {
        ...known,
        topics,
        seen: { assignor: undefined, members: description.members.length, lag, status: undefined, seenAtMs: atMs },
      });
      const isWatched = this.#wanted.has(groupId);
      if (lag !== undefined) this.#lags.see(groupId, { atMs, lag }, isWatched);
      if (!isWatched) return;
      this.#shares.set(groupId, seen);
      const owners = new Map(places.map(({ topic, partition, memberIds }) => [`${topic}:${partition}`, memberIds.join(" ")]));
      this.#history.see(groupId, { state: description.state, epoch: description.groupEpoch, members: description.members, owners }, atMs);
    } catch (error) {
      look.signal.throwIfAborted();
      this.#failure ??= notSeen(error, look.clock.nowMs());
    }
  }

  /** Only of groups that are watched: of others the looks are minutes apart. */
  #remember({ groupId, state, members, partitions }: GroupObservation, described: DescribedGroup | undefined, atMs: number): void {
    if (!this.#wanted.has(groupId)) return;
    const owners = new Map<string, string>();
    for (const [name, { memberId }] of partitions) if (memberId !== undefined) owners.set(name, memberId);
    this.#history.see(groupId, { state, epoch: described?.groupEpoch, members, owners }, atMs);
  }

  #typeOf(groupId: string): string {
    return this.#groups.get(groupId)?.listing.type ?? "classic";
  }

  #nextInTurn(): readonly string[] {
    const all = [...this.#groups.keys()];
    if (all.length === 0) return [];
    const first = this.#turn % all.length;
    this.#turn = first + IN_TURN;
    return all.slice(first, first + IN_TURN);
  }

  #forget(groupId: string): void {
    this.#wanted.delete(groupId);
    this.#observations.delete(groupId);
    this.#reports.delete(groupId);
    this.#lags.release(groupId);
    this.#shares.delete(groupId);
  }

  #drop(groupId: string): void {
    this.#groups.delete(groupId);
    this.#history.forget(groupId);
    this.#forget(groupId);
    this.#lags.forget(groupId);
  }
}

function rowOf({ groupId, type, protocolType, state, coordinator }: GroupListing, seen: Known["seen"]): GroupRow {
  return {
    groupId,
    type: type ?? "unknown",
    protocolType,
    state: state ?? "Unknown",
    coordinator,
    assignor: seen?.assignor,
    members: seen?.members,
    lag: seen?.lag,
    status: seen?.status,
    seenAtMs: seen?.seenAtMs,
  };
}

/** Groups that came, went or changed their state. */
function stateEvents(before: ReadonlyMap<string, Known>, after: ReadonlyMap<string, GroupListing>, atMs: number): readonly TimelineEvent[] {
  const events: TimelineEvent[] = [];
  const tell = (groupId: string, what: string): void => void events.push({ atMs, kind: "groupState", subject: groupId, what });
  for (const [groupId, { state }] of after) {
    const known = before.get(groupId);
    if (known === undefined) tell(groupId, `Group ${groupId} came up${state === undefined ? "" : `, ${state}`}.`);
    else if (state !== undefined && state !== known.listing.state)
      tell(groupId, `Group ${groupId} went from ${known.listing.state ?? "unknown"} to ${state}.`);
  }
  for (const groupId of before.keys()) if (!after.has(groupId)) tell(groupId, `Group ${groupId} is gone.`);
  return events;
}
