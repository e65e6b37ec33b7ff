import { ErrorCode } from "@ottla/protocol";
import {
  type ConsumerMemberState,
  consumerAssignments,
  type MemberProfile,
  nextHeartbeat,
  type Told,
} from "../group/epoch-member/consumer-heartbeat.ts";
import * as member from "../group/epoch-member/member-state.ts";
import { type TopicIdPartitions, topicIdPartitions } from "../group/topic-id-partitions.ts";

/** Between a step's commands and what they led to. */
const RULE = "----";

/**
 * Plays a story of one member of a consumer group: steps of commands, a rule, the heartbeats and states expected. Returns the same text with what came, so that
 * a comparison shows the difference and an update is a plain write.
 */
export function playMemberTranscript(text: string): string {
  const stage = new Stage();
  const played = text
    .split(/\n\n+/)
    .map((step) => step.trim())
    .filter((step) => step !== "")
    .map((step) => {
      const lines = step.split("\n");
      const rule = lines.indexOf(RULE);
      const commands = rule === -1 ? lines : lines.slice(0, rule);
      if (commands.every((line) => line.startsWith("#"))) return step;
      const effects = commands.filter((line) => !line.startsWith("#")).flatMap((line) => stage.play(line));
      return [...commands, RULE, ...effects].join("\n");
    });
  return `${played.join("\n\n")}\n`;
}

class Stage {
  #state: ConsumerMemberState = member.memberOutside<TopicIdPartitions, Told>(consumerAssignments, "M");
  #profile: MemberProfile = {
    instanceId: undefined,
    rack: undefined,
    rebalanceTimeoutMs: 300_000,
    assignor: undefined,
    topics: [],
    pattern: undefined,
  };

  play(line: string): string[] {
    const [verb = "", ...words] = line.split(/\s+/);
    const options = new Map(words.filter((word) => word.includes("=")).map((word) => word.split("=") as [string, string]));
    const effects = this.#perform(verb, words, options);
    return [...effects, describe(this.#state)];
  }

  #perform(verb: string, words: readonly string[], options: ReadonlyMap<string, string>): string[] {
    switch (verb) {
      case "profile":
        this.#setProfile(options);
        return [];
      case "join":
        this.#state = member.join(this.#state);
        return [];
      case "beat": {
        const { request, state } = nextHeartbeat(this.#state, "g", this.#profile);
        this.#state = state;
        return [describeHeartbeat(request)];
      }
      case "answer": {
        const assigned = options.get("assign");
        this.#state = member.onAnswer(this.#state, {
          memberId: options.get("id"),
          memberEpoch: Number(options.get("epoch")),
          target: assigned === undefined ? undefined : parse(assigned),
        });
        return [];
      }
      case "refuse": {
        const errorCode = ErrorCode[words[0] as keyof typeof ErrorCode];
        this.#state = member.onRefusal(this.#state, errorCode, undefined);
        return [member.heartbeatTrouble(errorCode)];
      }
      case "silence":
        this.#state = member.onSilence(this.#state);
        return [];
      case "apply":
        this.#state = member.onApplied(this.#state, parse(words[0] ?? ""), Number(options.get("joins") ?? this.#state.joins));
        return [];
      case "lose":
        this.#state = member.lose(this.#state);
        return [];
      case "given-up":
        this.#state = member.onGivenUp(this.#state);
        return [];
      default:
        throw new Error(`A transcript has no verb "${verb}".`);
    }
  }

  #setProfile(options: ReadonlyMap<string, string>): void {
    const topics = options.get("topics");
    this.#profile = {
      ...this.#profile,
      ...(topics === undefined ? {} : { topics: topics.split(",").filter((topic) => topic !== "") }),
      ...Object.fromEntries([...options].filter(([name]) => name !== "topics" && name !== "rebalanceTimeoutMs")),
      ...(options.has("rebalanceTimeoutMs") ? { rebalanceTimeoutMs: Number(options.get("rebalanceTimeoutMs")) } : {}),
    };
  }
}

/** `a:0,1;b:2` */
function parse(text: string): TopicIdPartitions {
  return topicIdPartitions(
    text
      .split(";")
      .filter((part) => part.includes(":"))
      .map((part) => {
        const [topicId = "", numbers = ""] = part.split(":");
        return { topicId, partitions: numbers === "" ? [] : numbers.split(",").map(Number) };
      }),
  );
}

function show(partitions: TopicIdPartitions): string {
  return partitions.size === 0 ? "nothing" : [...partitions].map(([topicId, numbers]) => `${topicId}:${numbers.join(",")}`).join(";");
}

function describeHeartbeat(request: ReturnType<typeof nextHeartbeat>["request"]): string {
  const parts = [`> epoch ${request.memberEpoch}`];
  if (request.instanceId !== null) parts.push(`instance=${request.instanceId}`);
  if (request.rackId !== null) parts.push(`rack=${request.rackId}`);
  if (request.rebalanceTimeoutMs !== -1) parts.push(`rebalance=${request.rebalanceTimeoutMs}`);
  if (request.subscribedTopicNames) parts.push(`topics=${request.subscribedTopicNames.join(",")}`);
  if (typeof request.subscribedTopicRegex === "string") parts.push(`pattern=${request.subscribedTopicRegex}`);
  if (request.serverAssignor !== null) parts.push(`assignor=${request.serverAssignor}`);
  if (request.topicPartitions) parts.push(`owned=${show(topicIdPartitions(request.topicPartitions))}`);
  return parts.join(" ");
}

function describe(state: ConsumerMemberState): string {
  const parts = [`${state.phase} epoch ${state.memberEpoch}`];
  if (state.memberId !== "M") parts.push(`id ${state.memberId}`);
  if (member.takesPart(state))
    parts.push(`owns ${show(state.owned)}, is to own ${show(state.target)}${member.isUrgent(state) ? ", at once" : ""}`);
  if (state.failure) parts.push(`for ${(state.failure as { code?: string }).code}`);
  return parts.join(" ");
}
