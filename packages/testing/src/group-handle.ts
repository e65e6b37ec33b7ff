import type { Admin, GroupDescription, TopicPartition } from "@ottla/client";
import type { ControlledBroker } from "@ottla/broker/controlled";
import { checkWaitOptions, type Look, type WaitOptions, type Waits } from "./waits.ts";
import { checkName, wholeNumber } from "./argument-checks.ts";

/** What a group has not read of one partition. */
export interface PartitionLag extends TopicPartition {
  /** Undefined: nothing is committed. */
  readonly committed: number | undefined;
  readonly end: number;
  /** Records behind the committed offset; all of them where nothing is committed. */
  readonly lag: number;
}

const UNKNOWN_GROUP = "GROUP_ID_NOT_FOUND";

/** One consumer group, as its coordinator and its committed offsets have it. */
export class GroupHandle {
  readonly groupId: string;
  readonly #admin: () => Admin;
  readonly #broker: ControlledBroker;
  readonly #waits: Waits;

  /** @internal */
  constructor(groupId: string, parts: { readonly admin: () => Admin; readonly broker: ControlledBroker; readonly waits: Waits }) {
    checkName("the id of a group", groupId);
    this.groupId = groupId;
    this.#admin = parts.admin;
    this.#broker = parts.broker;
    this.#waits = parts.waits;
  }

  /** What the coordinator says of it; undefined when there is no such group. */
  async describe(): Promise<GroupDescription | undefined> {
    const [answer] = await this.#admin().describeGroups([this.groupId]);
    if (answer?.error?.code === UNKNOWN_GROUP || answer?.value?.state === "Dead") return undefined;
    if (answer?.error) throw answer.error;
    return answer?.value;
  }

  /** Waits until every member has its partitions, with so many members where a number is given, else with any. */
  async stable(members?: number, options: WaitOptions = {}): Promise<GroupDescription> {
    if (members !== undefined) wholeNumber(1)("stable: members", members);
    checkWaitOptions("stable: options", options);
    const wanted = members === undefined ? "" : ` with ${counted(members, "member")}`;
    return this.#untilDescribed(`be stable${wanted}`, options, (group) =>
      group.state === "Stable" && (members === undefined ? group.members.length > 0 : group.members.length === members)
        ? { found: group }
        : undefined,
    );
  }

  /** Waits until it has no members. */
  async empty(options: WaitOptions = {}): Promise<void> {
    checkWaitOptions("empty: options", options);
    await this.#waits.until(
      `group "${this.groupId}" to be empty`,
      async () => {
        const group = await this.describe();
        return group === undefined || group.members.length === 0 ? { found: undefined } : { seen: described(group) };
      },
      options,
    );
  }

  /** Committed offsets, by topic and partition. */
  async committed(): Promise<readonly (TopicPartition & { readonly offset: number })[]> {
    const answers = await this.#admin().listGroupOffsets(this.groupId);
    return answers.flatMap(({ topic, partition, error, value }) => {
      if (error) throw error;
      return value === undefined ? [] : [{ topic, partition, offset: value.offset }];
    });
  }

  /** What it has not read yet. */
  lag(): GroupLag {
    return new GroupLag(this, this.#admin, this.#waits);
  }

  /** The node that coordinates it; undefined while nobody does. */
  coordinator(): number | undefined {
    return this.#broker.coordinatorOf(this.groupId);
  }

  /** Makes a virtual broker its coordinator; members find out by NOT_COORDINATOR. */
  moveCoordinator(nodeId: number): Promise<void> {
    return this.#broker.moveGroupCoordinator(this.groupId, nodeId);
  }

  /** Removes a member, or all: each hears UNKNOWN_MEMBER_ID, and a living one joins again, so the group rebalances. */
  async kick(memberId?: string): Promise<void> {
    if (memberId !== undefined) checkName("kick: memberId", memberId);
    const members = memberId === undefined ? undefined : [{ memberId }];
    for (const { error } of await this.#admin().removeGroupMembers(this.groupId, members)) if (error) throw error;
  }

  #untilDescribed<Value>(
    what: string,
    options: WaitOptions | undefined,
    look: (group: GroupDescription) => Look<Value> | undefined,
  ): Promise<Value> {
    return this.#waits.until<Value>(
      `group "${this.groupId}" to ${what}`,
      async () => {
        const group = await this.describe();
        if (group === undefined) return { seen: "there is no such group" };
        return look(group) ?? { seen: described(group) };
      },
      options,
    );
  }
}

/** What a group has not read yet, now or until it has. */
export class GroupLag {
  readonly #group: GroupHandle;
  readonly #admin: () => Admin;
  readonly #waits: Waits;

  /** @internal */
  constructor(group: GroupHandle, admin: () => Admin, waits: Waits) {
    this.#group = group;
    this.#admin = admin;
    this.#waits = waits;
  }

  /** Waits until everything is committed that is in the partitions that the group has committed or is assigned; at least one. */
  zero(options?: WaitOptions): Promise<void> {
    return this.atMost(0, options);
  }

  /** As {@link GroupLag.zero}, until at most so many records are left. */
  async atMost(records: number, options: WaitOptions = {}): Promise<void> {
    wholeNumber(0)("atMost: records", records);
    checkWaitOptions("atMost: options", options);
    await this.#waits.until(
      `the lag of group "${this.#group.groupId}" to be ${records === 0 ? "zero" : `at most ${records}`}`,
      async () => {
        const partitions = await this.partitions();
        if (partitions.length === 0) return { seen: "the group has committed nothing and has no partitions" };
        const total = sum(partitions);
        if (total <= records) return { found: undefined };
        const behind = partitions.filter(({ lag }) => lag > 0);
        return { seen: `a lag of ${total}: ${behind.map(lagText).join(", ")}` };
      },
      options,
    );
  }

  /** Over all partitions, now. */
  async total(): Promise<number> {
    return sum(await this.partitions());
  }

  /** By partition, now: those with a committed offset, and those assigned to a member. */
  async partitions(): Promise<readonly PartitionLag[]> {
    const admin = this.#admin();
    const committed = new Map((await this.#group.committed()).map((each) => [keyOf(each), each]));
    const assigned = (await this.#group.describe())?.members.flatMap(({ assignment = [] }) => assignment) ?? [];
    const wanted = [
      ...new Map(
        [...committed.values(), ...assigned].map(({ topic, partition }) => [keyOf({ topic, partition }), { topic, partition }]),
      ).values(),
    ];
    if (wanted.length === 0) return [];
    const ends = await admin.listOffsets(wanted.map((each) => ({ ...each, spec: "latest" as const })));
    const starts = await admin.listOffsets(wanted.map((each) => ({ ...each, spec: "earliest" as const })));
    return wanted.map(({ topic, partition }, i) => {
      const end = offsetOf(ends[i]!);
      const offset = committed.get(keyOf({ topic, partition }))?.offset;
      return { topic, partition, committed: offset, end, lag: Math.max(0, end - (offset ?? offsetOf(starts[i]!))) };
    });
  }
}

function offsetOf({ error, value }: Awaited<ReturnType<Admin["listOffsets"]>>[number]): number {
  if (error) throw error;
  return value.offset ?? 0;
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

function sum(partitions: readonly PartitionLag[]): number {
  return partitions.reduce((total, { lag }) => total + lag, 0);
}

function lagText({ topic, partition, committed, end }: PartitionLag): string {
  return `${topic}-${partition} ${committed === undefined ? "nothing committed" : `at ${committed}`} of ${end}`;
}

function described({ state, members }: GroupDescription): string {
  const names = members.map(({ clientId, memberId }) => clientId || memberId);
  return `${state} with ${counted(members.length, "member")}${names.length === 0 ? "" : ` (${names.slice(0, 10).join(", ")})`}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
