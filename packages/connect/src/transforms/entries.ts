import type { PluginEntry } from "../plugin/plugin-entry.ts";
import type { PredicatePlugin, TransformPlugin } from "../plugin/transform-plugin.ts";
import { JAVA_TRANSFORMS, TRANSFORMS_VERSION } from "./side.ts";

type Load<T> = () => Promise<T>;
type Entry = PluginEntry<"transform" | "predicate">;

const one = (name: string, load: Load<TransformPlugin>): Entry => ({
  kind: "transform",
  name,
  aliases: [JAVA_TRANSFORMS + name],
  version: TRANSFORMS_VERSION,
  load,
});
const two = (name: string, load: Load<readonly TransformPlugin[]>): readonly Entry[] =>
  ["Key", "Value"].map((part, index) => one(`${name}$${part}`, async () => (await load())[index]!));
const predicate = (name: string, load: Load<PredicatePlugin>): Entry => ({
  kind: "predicate",
  name,
  aliases: [`${JAVA_TRANSFORMS}predicates.${name}`],
  version: TRANSFORMS_VERSION,
  load,
});

/** The transforms and predicates that come along. */
export const transformEntries: readonly Entry[] = [
  ...two("Cast", async () => (await import("./cast.ts")).cast),
  one("DropHeaders", async () => (await import("./drop-headers.ts")).dropHeaders),
  ...two("ExtractField", async () => (await import("./extract-field.ts")).extractField),
  one("Filter", async () => (await import("./filter.ts")).filter),
  ...two("Flatten", async () => (await import("./flatten.ts")).flatten),
  ...two("HeaderFrom", async () => (await import("./header-from.ts")).headerFrom),
  ...two("HoistField", async () => (await import("./hoist-field.ts")).hoistField),
  ...two("InsertField", async () => (await import("./insert-field.ts")).insertField),
  ...two("MaskField", async () => (await import("./mask-field.ts")).maskField),
  one("InsertHeader", async () => (await import("./insert-header.ts")).insertHeader),
  one("RegexRouter", async () => (await import("./regex-router.ts")).regexRouter),
  ...two("ReplaceField", async () => (await import("./replace-field.ts")).replaceField),
  ...two("SetSchemaMetadata", async () => (await import("./set-schema-metadata.ts")).setSchemaMetadata),
  ...two("TimestampConverter", async () => (await import("./timestamp-converter.ts")).timestampConverter),
  one("TimestampRouter", async () => (await import("./timestamp-router.ts")).timestampRouter),
  one("ValueToKey", async () => (await import("./value-to-key.ts")).valueToKey),
  {
    kind: "transform",
    name: "ExtractNewRecordState",
    aliases: ["io.debezium.transforms.ExtractNewRecordState"],
    version: TRANSFORMS_VERSION,
    load: async () => (await import("./debezium/extract-new-record-state.ts")).extractNewRecordState,
  },
  {
    kind: "transform",
    name: "EventRouter",
    aliases: ["io.debezium.transforms.outbox.EventRouter"],
    version: TRANSFORMS_VERSION,
    load: async () => (await import("./debezium/event-router.ts")).eventRouter,
  },
  {
    kind: "transform",
    name: "ByLogicalTableRouter",
    aliases: ["io.debezium.transforms.ByLogicalTableRouter"],
    version: TRANSFORMS_VERSION,
    load: async () => (await import("./debezium/by-logical-table-router.ts")).byLogicalTableRouter,
  },
  predicate("HasHeaderKey", async () => (await import("./predicates.ts")).hasHeaderKey),
  predicate("RecordIsTombstone", async () => (await import("./predicates.ts")).recordIsTombstone),
  predicate("TopicNameMatches", async () => (await import("./predicates.ts")).topicNameMatches),
];
