import type { ConfigResource, ConfigResourceType } from "@ottla/client";
import { UsageError } from "../../command.ts";
import type { ResourceFailure } from "../../output.ts";
import { resourceFailure } from "../../unknown-resources.ts";

const TYPES: ReadonlyMap<string, ConfigResourceType> = new Map([
  ["topic", "topic"],
  ["broker", "broker"],
  ["brokers", "broker"],
  ["group", "group"],
  ["client-metrics", "clientMetrics"],
  ["broker-logger", "brokerLogger"],
]);

/** What the words of a command name, and the words behind it: `brokers` takes no name. Throws {@link UsageError}. */
export function configTarget(words: readonly string[]): { resource: ConfigResource; rest: readonly string[] } {
  const [type = "", name, ...rest] = words;
  const resourceType = TYPES.get(type);
  if (resourceType === undefined) throw new UsageError(`"${type}" has no settings; the types are ${[...TYPES.keys()].join(", ")}.`);
  if (type === "brokers") return { resource: { type: "broker", name: "" }, rest: words.slice(1) };
  if (name === undefined) throw new UsageError(`The name of the ${type} is missing; write it behind the type.`);
  if (type === "broker" && !/^\d+$/.test(name))
    throw new UsageError(`"${name}" is no node id; write a number, or "brokers" for the default of all.`);
  return { resource: { type: resourceType, name }, rest };
}

/** What a broker answered for the resource. */
export function configFailure(resource: ConfigResource, error: { readonly code: string; readonly message: string }): ResourceFailure {
  const failure =
    resource.type === "topic" ? resourceFailure("topic", resource.name, error) : { error: error.code, message: error.message };
  return { ...failure, name: describeTarget(resource) };
}

/** `topic orders`, `brokers`. */
export function describeTarget({ type, name }: ConfigResource): string {
  return type === "broker" && name === "" ? "brokers" : `${type} ${name}`;
}
