import { ProcessorNode } from "../graph/processor-node.ts";
import { StreamStreamJoinNode } from "../graph/stream-stream-join-node.ts";
import type { JoinWindows } from "../processors/joins/join-windows.ts";
import { joinWindow, streamStreamJoin } from "../processors/joins/stream-stream-join.ts";
import type { TableJoiner } from "../processors/joins/table-table-join.ts";
import type { AnySerde, Serde } from "../serdes/serde.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";
import { stores } from "../stores/stores.ts";
import { told } from "../known-options.ts";
import { StreamsError } from "../streams-error.ts";
import { nameIn } from "./arguments.ts";
import type { DslContext, StreamState } from "./context.ts";
import type { Named } from "./options.ts";
import { repartitionedForJoin } from "./repartitioned.ts";
import type { JoinKind } from "./table-joins.ts";
import { needSerdes } from "./need-serdes.ts";

/** Options of a join of streams as it comes from the user. */
export type StreamJoinOptions = Named &
  JoinWindows & {
    readonly key?: AnySerde;
    readonly value?: AnySerde;
    readonly otherValue?: AnySerde;
    readonly storeName?: string;
    readonly logging?: boolean;
    readonly persistent?: boolean;
  };

/** Two streams by their keys, within a window. */
export function joinStreams(
  context: DslContext,
  kind: JoinKind,
  left: StreamState,
  right: StreamState,
  joiner: TableJoiner,
  options: StreamJoinOptions,
): unknown {
  const given = nameIn(options);
  const windows = checkJoinWindows(options);
  const { key = left.key, value = left.value, otherValue = right.value } = options;
  needSerdes(key !== undefined && value !== undefined && otherValue !== undefined, "A join of streams");
  const side = (state: StreamState, suffix: string, valueSerde: AnySerde) =>
    state.needsRepartition
      ? repartitionedForJoin(context, state, given === undefined ? undefined : given + suffix, { key, value: valueSerde })
      : state;
  const leftSide = side(left, "-left", value);
  const rightSide = side(right, "-right", otherValue);
  const sources = new Set([...leftSide.sources, ...rightSide.sources]);
  context.graph.topology.coPartition(sources);
  const names = joinNames(context, kind, given, options.storeName);
  const settings = {
    key,
    logging: options.logging,
    persistent: options.persistent ?? ("asTopology" as const),
    windowSizeMs: windows.beforeMs + windows.afterMs,
    retentionMs: windows.beforeMs + windows.afterMs + windows.graceMs,
  };
  const windowStore = (name: string, valueSerde: AnySerde): StoreBuilder =>
    stores.window({ ...settings, name, value: valueSerde, retainDuplicates: true, changelogConfig: { "cleanup.policy": "delete" } });
  const unmatched =
    names.unmatchedStore === undefined
      ? undefined
      : stores.unmatchedRecords({
          name: names.unmatchedStore,
          key,
          left: value as Serde<never>,
          right: otherValue as Serde<never>,
          logging: options.logging,
          persistent: settings.persistent,
        });
  const operators = streamStreamJoin({
    windows,
    leftStore: names.leftStore,
    rightStore: names.rightStore,
    unmatchedStore: names.unmatchedStore,
    isLeft: kind !== "inner",
    isOuter: kind === "outer",
    joiner,
  });
  const leftWindowed = context.graph.add(new ProcessorNode(names.leftWindowed, joinWindow(names.leftStore)), leftSide.node);
  const rightWindowed = context.graph.add(new ProcessorNode(names.rightWindowed, joinWindow(names.rightStore)), rightSide.node);
  const node = new StreamStreamJoinNode(
    names.merge,
    { windowed: leftWindowed, name: names.left, store: windowStore(names.leftStore, value) },
    { windowed: rightWindowed, name: names.right, store: windowStore(names.rightStore, otherValue) },
    operators,
    unmatched,
  );
  node.takesNullKeys = kind !== "inner";
  context.graph.add(node, leftSide.node, rightSide.node);
  if (options.storeName === undefined)
    context.unnamed.stores.push(names.leftStore, names.rightStore, ...(unmatched === undefined ? [] : [unmatched.name]));
  return context.stream({ name: names.merge, node, key, value: undefined, sources, needsRepartition: false });
}

/** The names of a join's parts, numbered in Java's order. */
function joinNames({ graph: { names } }: DslContext, kind: JoinKind, given: string | undefined, storeName: string | undefined) {
  const leftSuffix = kind === "outer" ? "-outer-this-join" : "-this-join";
  const rightSuffix = kind === "inner" ? "-other-join" : "-outer-other-join";
  const leftWindowed = names.suffixedOr(given, "-this-windowed", "KSTREAM-WINDOWED-");
  const rightWindowed = names.suffixedOr(given, "-other-windowed", "KSTREAM-WINDOWED-");
  const left = names.node(kind === "outer" ? "KSTREAM-OUTERTHIS-" : "KSTREAM-JOINTHIS-");
  const right = names.node(kind === "inner" ? "KSTREAM-JOINOTHER-" : "KSTREAM-OUTEROTHER-");
  const merge = names.suffixedOr(given, "-merge", "KSTREAM-MERGE-");
  const shared =
    storeName === undefined
      ? `KSTREAM-OUTERSHARED-${left.slice(-10)}`
      : storeName + (kind === "outer" ? "-outer-shared-join" : "-left-shared-join");
  return {
    leftWindowed,
    rightWindowed,
    left: given === undefined ? left : given + leftSuffix,
    right: given === undefined ? right : given + rightSuffix,
    merge,
    leftStore: `${storeName === undefined ? left : storeName + leftSuffix}-store`,
    rightStore: `${storeName === undefined ? right : storeName + rightSuffix}-store`,
    unmatchedStore: kind === "inner" ? undefined : `${shared}-store`,
  };
}

function checkJoinWindows({ beforeMs, afterMs, graceMs }: JoinWindows): JoinWindows {
  const wrong = Object.entries({ beforeMs, afterMs, graceMs }).find(([, ms]) => !Number.isSafeInteger(ms));
  if (wrong !== undefined)
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      `A join's ${wrong[0]} is ${told(wrong[1])}: it has to be a whole number of milliseconds.`,
    );
  if (graceMs < 0 || beforeMs + afterMs < 0) {
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      `A join's window from ${beforeMs} ms before to ${afterMs} ms after, with a grace of ${graceMs} ms, can hold nothing: none of its length and grace may be negative.`,
    );
  }
  return { beforeMs, afterMs, graceMs };
}
