import { shown } from "../../known-options.ts";
import { StreamsError } from "../../streams-error.ts";

/** Java's bounds. */
const TAGS_MAX = 5;
const NAME_CHARACTERS_MAX = 20;
const VALUE_CHARACTERS_MAX = 30;

/** Where an instance is, and by which of that copies are kept apart. */
export interface ResolvedTags {
  readonly clientTags: Readonly<Record<string, string>>;
  readonly rackAwareAssignmentTags: readonly string[];
}

/** Throws `STREAMS_BAD_ARGUMENT`. */
export function resolveTags(tags: unknown, rackAware: unknown): ResolvedTags {
  if (tags !== undefined && (typeof tags !== "object" || tags === null || Array.isArray(tags))) {
    refuse(`clientTags is ${shown(tags)}: give names and values, as in { zone: "eu-1" }.`);
  }
  const clientTags: Record<string, string> = {};
  const entries = Object.entries((tags ?? {}) as Record<string, unknown>);
  if (entries.length > TAGS_MAX) refuse(`clientTags has ${entries.length} tags: at most ${TAGS_MAX} may be.`);
  for (const [name, value] of entries) {
    if (typeof value !== "string" || value === "" || value.length > VALUE_CHARACTERS_MAX || name.length > NAME_CHARACTERS_MAX) {
      refuse(
        `Client tag ${name} is ${shown(value)}: names have at most ${NAME_CHARACTERS_MAX} characters, values are texts of at most ${VALUE_CHARACTERS_MAX}.`,
      );
    }
    clientTags[name] = value;
  }
  return { clientTags, rackAwareAssignmentTags: rackAwareOf(rackAware, clientTags) };
}

function rackAwareOf(given: unknown, clientTags: Readonly<Record<string, string>>): readonly string[] {
  const names = typeof given === "string" ? given.split(",").map((name) => name.trim()) : (given ?? []);
  if (!Array.isArray(names)) return refuse(`rackAwareAssignmentTags is ${shown(given)}: give names of tags.`);
  const wanted = names.filter((name) => name !== "");
  for (const name of wanted) {
    if (!Object.hasOwn(clientTags, String(name)))
      refuse(`rackAwareAssignmentTags names ${String(name)}, and this instance has no client tag of that name: all have to have it.`);
  }
  return wanted;
}

function refuse(message: string): never {
  throw new StreamsError("STREAMS_BAD_ARGUMENT", message);
}
