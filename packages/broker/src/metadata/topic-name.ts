const MAX_LENGTH = 249;
const LEGAL = /^[a-zA-Z0-9._-]+$/;

/** Why `name` cannot be a topic's name, as a sentence; undefined when it can. Source: Kafka's own rule. */
export function topicNameFault(name: string): string | undefined {
  if (name === "") return "A topic name must not be empty.";
  if (name === "." || name === "..") return `A topic cannot be named "${name}".`;
  if (name.length > MAX_LENGTH) return `The topic name has ${name.length} characters; at most ${MAX_LENGTH} are allowed.`;
  if (!LEGAL.test(name)) return `The topic name "${name}" has characters other than letters, digits, ".", "_" and "-".`;
  return undefined;
}

/** Names that differ only in "." against "_" collide in metric names, so only one of a key may exist; undefined for names that cannot collide. */
export function collisionKey(name: string): string | undefined {
  return name.includes(".") || name.includes("_") ? name.replaceAll(".", "_") : undefined;
}
