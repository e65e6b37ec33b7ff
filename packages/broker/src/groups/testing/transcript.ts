import { ErrorCode, errorInfo } from "@ottla/protocol";
import type { JoinAnswer, SyncAnswer } from "../classic/group-decision.ts";
import { readAssignment } from "../consumer/consumer-protocol.ts";
import type { Group } from "../group.ts";
import { decodeRecord } from "../group-record-codec.ts";
import { ConsumerClients, describeConsumerGroup, describeConsumerRecord, settingsOf } from "./consumer-clients.ts";
import { GroupScene, NODE_ID } from "./group-scene.ts";

const GROUP_ID = "g";
/** Between a step's commands and what they led to. */
const RULE = "----";

/**
 * Plays a transcript: steps of commands, a rule, and the effects expected. Returns the same text with the effects that came, so that a
 * comparison shows the difference and an update is a plain write.
 */
export async function playTranscript(text: string): Promise<string> {
  const stage = await Stage.open();
  const steps = text
    .split(/\n\n+/)
    .map((step) => step.trim())
    .filter((step) => step !== "");
  const played: string[] = [];
  for (const step of steps) {
    const lines = step.split("\n");
    const rule = lines.indexOf(RULE);
    const commands = rule === -1 ? lines : lines.slice(0, rule);
    const effects: string[] = [];
    for (const command of commands) {
      if (!command.startsWith("#")) effects.push(...(await stage.play(command)));
    }
    played.push(commands.every((command) => command.startsWith("#")) ? step : [...commands, RULE, ...effects].join("\n"));
  }
  return `${played.join("\n\n")}\n`;
}

/** What a client knows of its membership. */
interface Client {
  memberId: string;
  generationId: number;
  instanceId: string | null;
  options: Record<string, string>;
}

/** The clients of one group, by names that the transcript gives them. */
class Stage {
  readonly #scene: GroupScene;
  readonly #clients = new Map<string, Client>();
  /** Member ids are random: the transcript shows "A", then "A'2" for the second id of client A. */
  readonly #aliases = new Map<string, string>();
  readonly #effects: string[] = [];
  readonly #consumers: ConsumerClients;
  #shownState = "";
  #loggedRecords = 0;

  private constructor(scene: GroupScene) {
    this.#scene = scene;
    this.#consumers = new ConsumerClients(scene, GROUP_ID, (effect) => this.#effects.push(effect));
  }

  static async open(): Promise<Stage> {
    return new Stage(await GroupScene.open());
  }

  async play(line: string): Promise<string[]> {
    const [verb = "", ...words] = line.split(/\s+/);
    const names = words.filter((word) => !word.includes("="));
    const options = Object.fromEntries(words.filter((word) => word.includes("=")).map((word) => word.split("=") as [string, string]));
    await this.#perform(verb, names, options);
    // Answers travel through promises.
    await new Promise((resolve) => setImmediate(resolve));
    this.#showState();
    return this.#effects.splice(0);
  }

  async #perform(verb: string, names: readonly string[], options: Record<string, string>): Promise<void> {
    switch (verb) {
      case "limits":
        this.#scene.setLimits(Object.fromEntries(Object.entries(options).map(([name, value]) => [name, Number(value)])));
        return;
      case "join":
        for (const name of names) this.#join(name, options);
        return;
      case "sync":
        for (const name of names) this.#sync(name, options);
        return;
      case "heartbeat":
        for (const name of names) await this.#heartbeat(name, options);
        return;
      case "leave":
        await this.#leave(names, options);
        return;
      case "commit":
        for (const name of names) await this.#commit(name, options);
        return;
      case "fetch":
        this.#effects.push(`committed ${JSON.stringify(this.#committed())}`);
        return;
      case "delete-offsets":
        await this.#deleteOffsets(names);
        return;
      case "delete-group":
        this.#effects.push(`delete-group: ${nameOf(await this.#scene.coordinator.offsets.deleteGroup(GROUP_ID, NODE_ID))}`);
        return;
      case "tick":
        await this.#scene.clock.advanceAsync(Number(names[0]));
        return;
      case "restart":
        await this.#scene.restart();
        return;
      case "move-leader":
        this.#scene.topic.leaders[0] = Number(names[0]);
        this.#scene.coordinator.metadataChanged();
        return;
      case "fail-writes":
        this.#scene.topic.failure = ErrorCode[names[0] as keyof typeof ErrorCode];
        return;
      case "allow-writes":
        this.#scene.topic.failure = undefined;
        return;
      case "log":
        this.#showLog();
        return;
      default:
        if (!(await this.#performOnConsumers(verb, names, options))) throw new Error(`A transcript has no verb "${verb}".`);
    }
  }

  /** What only consumer groups know; false: not even these. */
  async #performOnConsumers(verb: string, names: readonly string[], options: Record<string, string>): Promise<boolean> {
    switch (verb) {
      case "topic":
        for (const [name, partitionCount] of Object.entries(options)) this.#scene.topics.put(name, Number(partitionCount));
        return true;
      case "remove-topic":
        for (const name of names) this.#scene.topics.remove(name);
        return true;
      case "settings":
        this.#scene.consumerSettings = { ...this.#scene.consumerSettings, ...settingsOf(options) };
        return true;
      case "poll":
        for (const name of names) await this.#consumers.poll(name, options);
        return true;
      case "quit":
        for (const name of names) await this.#consumers.leave(name, -1);
        return true;
      case "pause":
        for (const name of names) await this.#consumers.leave(name, -2);
        return true;
      case "background":
        await this.#scene.coordinator.background.idle();
        return true;
      default:
        return false;
    }
  }

  /** A new name is a new client; `forget=yes` makes it one again. Options stay with the client. */
  #client(name: string, options: Record<string, string>): Client {
    let client = this.#clients.get(name);
    if (!client || options["forget"]) {
      client = {
        memberId: "",
        generationId: -1,
        instanceId: options["instance"] ?? client?.instanceId ?? null,
        options: client?.options ?? {},
      };
      this.#clients.set(name, client);
    }
    const { forget: _, ...kept } = options;
    client.options = { ...client.options, ...kept };
    return client;
  }

  #join(name: string, given: Record<string, string>): void {
    const client = this.#client(name, given);
    const { options } = client;
    const answer = this.#scene.join(GROUP_ID, {
      memberId: client.memberId,
      groupInstanceId: client.instanceId,
      clientId: name,
      version: Number(options["version"] ?? 9),
      protocolType: options["type"] ?? "consumer",
      protocols: (options["protocols"] ?? "range").split(","),
      topics: (options["topics"] ?? "t").split(","),
      sessionTimeoutMs: Number(options["session"] ?? 10_000),
      rebalanceTimeoutMs: Number(options["rebalance"] ?? 60_000),
    });
    void Promise.resolve(answer).then((joined) => this.#joined(name, client, joined));
  }

  #joined(name: string, client: Client, answer: JoinAnswer): void {
    const { errorCode, memberId, generationId, protocolName, leader, members, skipAssignment } = answer;
    if (errorCode === ErrorCode.NONE || errorCode === ErrorCode.MEMBER_ID_REQUIRED) {
      client.memberId = memberId;
      if (!this.#aliases.has(memberId)) this.#aliases.set(memberId, this.#newAlias(name));
    }
    if (errorCode !== ErrorCode.NONE) {
      this.#effects.push(
        `${name} join: ${nameOf(errorCode)}${errorCode === ErrorCode.MEMBER_ID_REQUIRED ? ` id=${this.#alias(memberId)}` : ""}`,
      );
      return;
    }
    client.generationId = generationId;
    const listed = members.length === 0 ? "" : ` members=${members.map((member) => this.#alias(member.memberId)).join(",")}`;
    this.#effects.push(
      `${name} join: NONE id=${this.#alias(memberId)} generation=${generationId} protocol=${protocolName} leader=${this.#alias(leader)}${listed}${skipAssignment ? " skip-assignment" : ""}`,
    );
  }

  /** Assignments are given as client=text. */
  #sync(name: string, options: Record<string, string>): void {
    const client = this.#clients.get(name)!;
    const assignments = Object.fromEntries(Object.entries(options).map(([to, text]) => [this.#clients.get(to)?.memberId ?? to, text]));
    const answer = this.#scene.sync(GROUP_ID, { ...client, groupInstanceId: client.instanceId, assignments });
    void Promise.resolve(answer).then(({ errorCode, assignment }: SyncAnswer) => {
      this.#effects.push(
        `${name} sync: ${nameOf(errorCode)}${errorCode === ErrorCode.NONE ? ` assignment=${shownAssignment(assignment)}` : ""}`,
      );
    });
  }

  async #heartbeat(name: string, options: Record<string, string>): Promise<void> {
    const { memberId, instanceId, generationId } = this.#clients.get(name)!;
    const { errorCode } = await this.#scene.coordinator.membership.heartbeat({
      nodeId: NODE_ID,
      groupId: GROUP_ID,
      memberId: options["id"] ? this.#idOf(options["id"]) : memberId,
      groupInstanceId: instanceId,
      generationId: Number(options["generation"] ?? generationId),
    });
    this.#effects.push(`${name} heartbeat: ${nameOf(errorCode)}`);
  }

  async #leave(names: readonly string[], options: Record<string, string>): Promise<void> {
    const byId = names.map((name) => ({
      memberId: this.#clients.get(name)!.memberId,
      groupInstanceId: this.#clients.get(name)!.instanceId,
    }));
    const byInstance = options["instance"] ? [{ memberId: "", groupInstanceId: options["instance"] }] : [];
    const { errorCode, members } = await this.#scene.coordinator.membership.leave({
      nodeId: NODE_ID,
      groupId: GROUP_ID,
      members: [...byId, ...byInstance],
    });
    const results = members.map(
      (member) =>
        `${member.memberId === "" ? `instance ${member.groupInstanceId}` : this.#alias(member.memberId)}=${nameOf(member.errorCode)}`,
    );
    this.#effects.push(`leave: ${errorCode === ErrorCode.NONE ? results.join(" ") : nameOf(errorCode)}`);
  }

  /** Offsets of topic t are given as partition=offset. */
  async #commit(name: string, options: Record<string, string>): Promise<void> {
    const client = name === "nobody" ? undefined : this.#clients.get(name)!;
    for (const [partition, offset] of Object.entries(options)) {
      const { errorCode, topics } = await this.#scene.commit(GROUP_ID, "t", Number(partition), Number(offset), {
        memberId: client?.memberId ?? "",
        groupInstanceId: client?.instanceId ?? null,
        generationId: client?.generationId ?? -1,
      });
      this.#effects.push(`${name} commit: ${nameOf(errorCode === ErrorCode.NONE ? topics[0]!.partitions[0]!.errorCode : errorCode)}`);
    }
  }

  async #deleteOffsets(topics: readonly string[]): Promise<void> {
    const asked = topics.map((name) => ({ name, partitions: [{ partitionIndex: 0 }] }));
    const answer = await this.#scene.coordinator.offsets.delete(GROUP_ID, NODE_ID, asked);
    const results = answer.topics.map(({ name, partitions }) => `${name}=${nameOf(partitions[0]!.errorCode)}`);
    this.#effects.push(`delete-offsets: ${answer.errorCode === ErrorCode.NONE ? results.join(" ") : nameOf(answer.errorCode)}`);
  }

  #committed(): Record<string, number> {
    const offsets = this.#scene.coordinator.offsets.committed(GROUP_ID, NODE_ID);
    if (typeof offsets === "number") return {};
    return Object.fromEntries(
      [...offsets].flatMap(([topic, partitions]) => [...partitions].map(([partition, { offset }]) => [`${topic}-${partition}`, offset])),
    );
  }

  #showState(): void {
    const group = this.#scene.coordinator.group(GROUP_ID, NODE_ID);
    const state = typeof group === "number" ? `  group: ${nameOf(group)}` : this.#describe(group);
    if (state !== this.#shownState) this.#effects.push(state);
    this.#shownState = state;
  }

  #describe(group: Group | undefined): string {
    if (!group) return "  group: none";
    if (group.type === "consumer") return describeConsumerGroup(group, (memberId) => this.#aliases.get(memberId) ?? memberId);
    if (group.type === "streams") return `  group: ${group.state} streams epoch=${group.groupEpoch}`;
    const members = Array.from(group.members.values(), ({ memberId }) => this.#alias(memberId));
    const pending = group.members.pendingCount > 0 ? ` pending=${group.members.pendingCount}` : "";
    return `  group: ${group.state} generation=${group.generationId} members=${members.join(",") || "none"}${pending}`;
  }

  #showLog(): void {
    const records = this.#scene.topic.partitions[0]!;
    for (const record of records.slice(this.#loggedRecords)) {
      const decoded = decodeRecord(record)!;
      if (decoded.kind === "offset")
        this.#effects.push(`record: offset ${decoded.topic}-${decoded.partition} ${decoded.value ? decoded.value.offset : "tombstone"}`);
      else if (decoded.kind === "consumer")
        this.#effects.push(describeConsumerRecord(decoded, this.#scene.topics, (id) => this.#aliases.get(id) ?? id));
      else if (decoded.kind === "streams") this.#effects.push(`record: streams ${decoded.part.type}`);
      else if (!decoded.value) this.#effects.push("record: group tombstone");
      else
        this.#effects.push(
          `record: group generation=${decoded.value.generationId} members=${decoded.value.members.map((member) => this.#alias(member.memberId)).join(",") || "none"}`,
        );
    }
    this.#loggedRecords = records.length;
  }

  #newAlias(name: string): string {
    const taken = [...this.#aliases.values()].filter((alias) => alias === name || alias.startsWith(`${name}'`)).length;
    return taken === 0 ? name : `${name}'${taken + 1}`;
  }

  /** A member whose id no answer has told yet is shown by its client's name. */
  #alias(memberId: string): string {
    return this.#aliases.get(memberId) ?? (memberId === "" ? "" : `(${memberId.split("-")[0]})`);
  }

  #idOf(alias: string): string {
    for (const [memberId, known] of this.#aliases) if (known === alias) return memberId;
    return alias;
  }
}

/** What a leader in a transcript assigns is plain text; a broker assigns in the clients' own encoding. */
function shownAssignment(assignment: Buffer): string {
  if (assignment[0] !== 0) return assignment.toString() || "none";
  const { assignedPartitions } = readAssignment(assignment);
  return assignedPartitions.flatMap(({ topic, partitions }) => partitions.map((partition) => `${topic}-${partition}`)).join(",") || "none";
}

function nameOf(errorCode: number): string {
  return errorInfo(errorCode).name;
}
