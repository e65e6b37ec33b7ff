import type { DocumentKind, Entry } from "../document.ts";
import { springDocuments } from "./spring-settings.ts";
import type { FoundDocument } from "./source-file.ts";
import type { FlatPair } from "./tree.ts";

/** Attributes of a channel that are the framework's and none of Kafka's. */
const CHANNEL_OWN =
  /^(connector|topic|topics|pattern|enabled|cloud-events|health-|tracing|waitForWriteCompletion|failure-strategy|dead-letter-queue|commit-strategy|throttled|broadcast|merge|concurrency|partitions|poll-timeout|consumer-rebalance|key-deserialization|value-deserialization|fail-on|graceful|kafka-configuration|batch|requests|checkpoint|retry|max-inflight|key$|partition$|headers|propagate|deprecated|close-timeout|lazy-client|client-id-prefix|assign|outgoing-metadata|auto\.commit|interceptor-bean|group$|content-type|destination)/;

/** The clients that an application's configuration describes, by the names of Spring, Quarkus or Micronaut. */
export function applicationDocuments(file: string, pairs: readonly FlatPair[], part?: string): readonly FoundDocument[] {
  return [
    ...springDocuments(file, part, pairs),
    ...cloudStreamDocuments(file, part, pairs),
    ...channelDocuments(file, part, pairs),
    ...micronautDocuments(file, part, pairs),
  ];
}

function cloudStreamDocuments(file: string, part: string | undefined, pairs: readonly FlatPair[]): readonly FoundDocument[] {
  const root = /^spring\.cloud\.stream\.kafka\.(?:binder|bindings\.([^.]+)\.(consumer|producer))\.(.+)$/;
  return grouped(pairs, (name) => {
    const [, binding, side, rest] = root.exec(name) ?? [];
    if (rest === undefined) return undefined;
    const key =
      rest === "brokers"
        ? "bootstrap.servers"
        : /^(?:configuration|(?:consumer|producer)(?:-p|P)roperties)\.(.+)$/.exec(rest)?.[1]?.replaceAll(/\[|\]/g, "");
    return key === undefined
      ? undefined
      : { client: binding === undefined ? "binder" : `binding ${binding}`, kind: (side ?? "client") as DocumentKind, key };
  }).map(({ client, kind, entries }) => found(file, part, `spring.cloud.stream.kafka ${client}`, kind, entries));
}

/** Quarkus: channels are consumers and producers whose attributes are Kafka's settings. */
function channelDocuments(file: string, part: string | undefined, pairs: readonly FlatPair[]): readonly FoundDocument[] {
  const kafka = new Set(
    pairs.flatMap(({ name, value }) =>
      name.endsWith(".connector") && value === "smallrye-kafka" ? [name.replace(/\.connector$/, "")] : [],
    ),
  );
  const common = pairs.flatMap(({ name, value, line }): Entry[] => {
    const key = /^(?:%[\w-]+\.)?(?:mp\.messaging\.connector\.smallrye-kafka|kafka)\.(.+)$/.exec(name)?.[1];
    return key === undefined || /^(?:producers|consumers|streams|health|snappy)\./.test(key) || CHANNEL_OWN.test(key)
      ? []
      : [{ key, value, line, spelling: name }];
  });
  const channels = grouped(pairs, (name) => {
    const [, channel, way, rest] = /^((?:%[\w-]+\.)?mp\.messaging\.(incoming|outgoing)\.[^.]+)\.(.+)$/.exec(name) ?? [];
    if (rest === undefined || !kafka.has(channel!) || CHANNEL_OWN.test(rest)) return undefined;
    return { client: channel!, kind: way === "incoming" ? "consumer" : "producer", key: rest };
  });
  if (channels.length === 0)
    return common.some(({ key }) => key === "bootstrap.servers") ? [found(file, part, "kafka", "client", common)] : [];
  return channels.map(({ client, kind, entries }) => {
    const own = new Set(entries.map(({ key }) => key));
    return found(file, part, client, kind, [...common.filter(({ key }) => !own.has(key)), ...entries]);
  });
}

function micronautDocuments(file: string, part: string | undefined, pairs: readonly FlatPair[]): readonly FoundDocument[] {
  return grouped(pairs, (name) => {
    const [, side, client, key] = /^kafka\.(producers|consumers|streams)\.([^.]+)\.(.+)$/.exec(name) ?? [];
    return key === undefined
      ? undefined
      : { client: `${side}.${client}`, kind: side === "streams" ? "streams" : side === "consumers" ? "consumer" : "producer", key };
  }).map(({ client, kind, entries }) => found(file, part, `kafka.${client}`, kind, entries));
}

interface Grouped {
  readonly client: string;
  readonly kind: DocumentKind;
  readonly entries: readonly Entry[];
}

/** Pairs by the client that their name says, in order; those of no client are left out. */
function grouped(
  pairs: readonly FlatPair[],
  place: (name: string) => { readonly client: string; readonly kind: DocumentKind; readonly key: string } | undefined,
): readonly Grouped[] {
  const groups = new Map<string, { client: string; kind: DocumentKind; entries: Entry[] }>();
  for (const { name, value, line } of pairs) {
    const placed = place(name);
    if (!placed) continue;
    const { client, kind, key } = placed;
    const group = groups.get(client) ?? { client, kind, entries: [] };
    groups.set(client, group);
    group.entries.push({ key, value, line, spelling: name });
  }
  return [...groups.values()];
}

function found(file: string, part: string | undefined, client: string, kind: DocumentKind, entries: readonly Entry[]): FoundDocument {
  return { document: { file, part: part === undefined ? client : `${part} ${client}`, kind, entries, isPartial: true } };
}
