import { StreamsError } from "../streams-error.ts";

const NAME_LENGTH_MAX = 249;

/** Refuses names that cannot be part of a topic's name (`STREAMS_BAD_NAME`): nodes and stores give theirs to internal topics. */
export function checkName(name: string): void {
  const wrong = faultOf(name);
  if (wrong !== undefined) throw new StreamsError("STREAMS_BAD_NAME", `A node or store cannot be named ${shown(name)}: ${wrong}.`);
}

/** Refuses what no topic can be called (`STREAMS_BAD_NAME`). */
export function checkTopicName(name: string): void {
  const wrong = faultOf(name);
  if (wrong !== undefined) throw new StreamsError("STREAMS_BAD_NAME", `A topic cannot be called ${shown(name)}: ${wrong}.`);
}

function shown(name: unknown): string {
  return typeof name === "string" ? JSON.stringify(name) : typeof name;
}

/** What is wrong with a name of a topic, or of what Kafka names likewise; undefined: nothing. */
export function faultOf(name: string): string | undefined {
  if (typeof name !== "string" || name === "") return "a name is a text with at least one character";
  if (name === "." || name === "..") return "these are folders";
  if (name.length > NAME_LENGTH_MAX) return `a name has at most ${NAME_LENGTH_MAX} characters, and this one has ${name.length}`;
  return /^[a-zA-Z0-9._-]+$/.test(name) ? undefined : "only letters, digits, dots, underscores and hyphens may be in a name";
}
