import { printBytes } from "../../quantity/print-quantity.ts";
import type { ChangeRules, RulesTable } from "../change-rules.ts";
import type { CancelReassignment, ElectLeaders, PartitionPlace, Reassign, ReplicaMove } from "../cluster-change.ts";
import { kafkaTool, writeFileLine } from "../command-line.ts";
import type { ObservedOf } from "../observed.ts";
import { byPlace } from "./by-place.ts";
import { counted } from "./topic-changes.ts";

/** Above this it is asked for by name: copying it takes the cluster's disks and network for long. */
const LARGE_COPY_BYTES = 10 * 1024 ** 3;
const NAMED_PARTITIONS = 3;

const reassign: ChangeRules<Reassign, ObservedOf["reassign"]> = {
  subject: ({ moves }) => topicsOf(moves),
  sentence: ({ moves, throttleBytesPerS, copyBytes }) => {
    const bytes = copyBytes === undefined ? "" : `, ${printBytes(copyBytes)} to copy`;
    const throttle = throttleBytesPerS === undefined ? "" : `, at most ${printBytes(throttleBytesPerS)} a second for each broker`;
    return `Move ${placesText(moves, ({ replicas }) => ` to brokers ${replicas.join(", ")}`)}${bytes}${throttle}.`;
  },
  risk: ({ moves, copyBytes, throttleBytesPerS }, before) => {
    if (before !== undefined && areReorderings(moves, before)) return { class: "low" };
    const isSmall = copyBytes !== undefined && copyBytes <= LARGE_COPY_BYTES;
    if (isSmall) return { class: "low", why: "Brokers copy records meanwhile." };
    return {
      class: "high",
      why: `Brokers copy ${copyBytes === undefined ? "an unknown amount of records" : printBytes(copyBytes)}${throttleBytesPerS === undefined ? ", unthrottled" : ""}.`,
    };
  },
  kafka: ({ moves, throttleBytesPerS }, tools) => [
    writeFileLine("reassignment.json", reassignmentJson(moves)),
    kafkaTool("kafka-reassign-partitions", tools, [
      "--reassignment-json-file",
      "reassignment.json",
      ...(throttleBytesPerS === undefined ? [] : ["--throttle", String(throttleBytesPerS)]),
      "--execute",
    ]),
    kafkaTool("kafka-reassign-partitions", tools, ["--reassignment-json-file", "reassignment.json", "--verify"]),
  ],
  ottla: () => undefined,
  inverse: (change, before) => {
    const old = byPlace(before.replicas);
    const moves = change.moves.flatMap((move) => old.find(move) ?? []);
    const { throttleBytesPerS } = change;
    return moves.length === 0 ? [] : [{ kind: "reassign", moves, ...(throttleBytesPerS === undefined ? {} : { throttleBytesPerS }) }];
  },
  inParts: true,
  doneWhen: () => "the replicas are these, all of them have caught up, and nothing is under way",
  obstacle: (_change, { moving }) =>
    moving.length === 0 ? undefined : `${placesText(moving)} are being moved already: let that end, or cancel it.`,
  isDone: ({ moves }, now) => {
    const [there, moving] = [byPlace(now.replicas), byPlace(now.moving)];
    return moves.every((move) => there.find(move)?.replicas.join() === move.replicas.join() && moving.find(move) === undefined);
  },
};

const cancelReassignment: ChangeRules<CancelReassignment, ObservedOf["cancelReassignment"]> = {
  subject: ({ partitions }) => topicsOf(partitions),
  sentence: ({ partitions }) => `Stop the move of ${placesText(partitions)}; its replicas stay where they were.`,
  risk: () => ({ class: "low", why: "What was copied so far is thrown away." }),
  kafka: ({ partitions }, tools) => [
    writeFileLine("reassignment.json", reassignmentJson(partitions.map((place) => ({ ...place, replicas: [] })))),
    kafkaTool("kafka-reassign-partitions", tools, ["--reassignment-json-file", "reassignment.json", "--cancel"]),
  ],
  ottla: () => undefined,
  inverse: (_change, { targets }) => (targets.length === 0 ? [] : [{ kind: "reassign", moves: targets }]),
  inParts: true,
  doneWhen: () => "nothing of it is under way",
  fits: () => true,
  isDone: (_change, now) => now.targets.length === 0,
};

const electLeaders: ChangeRules<ElectLeaders, ObservedOf["electLeaders"]> = {
  subject: ({ partitions }) => topicsOf(partitions),
  sentence: ({ election, partitions }) =>
    election === "preferred"
      ? `Give ${placesText(partitions)} back to their preferred leaders.`
      : `Take any replica that is alive as leader of ${placesText(partitions)}.`,
  risk: ({ election }) =>
    election === "preferred"
      ? { class: "low", why: "Clients look their leader up again once." }
      : { class: "high", why: "Records that the new leader lacks are lost for good." },
  kafka: ({ election, partitions }, tools) => [
    writeFileLine("partitions.json", JSON.stringify({ partitions: partitions.map(({ topic, partition }) => ({ topic, partition })) })),
    kafkaTool("kafka-leader-election", tools, ["--election-type", election, "--path-to-json-file", "partitions.json"]),
  ],
  ottla: () => undefined,
  inverse: (_change, before) => (before.leaders.every(({ leader, preferred }) => leader === preferred) ? [] : undefined),
  inParts: true,
  doneWhen: ({ election }) => (election === "preferred" ? "the first replica of each leads" : "each has a leader"),
  fits: () => true,
  isDone: ({ election }, now) =>
    now.leaders.every(({ leader, preferred }) => (election === "preferred" ? leader === preferred : leader !== null)),
};

export const partitionRules: Pick<RulesTable, "reassign" | "cancelReassignment" | "electLeaders"> = {
  reassign,
  cancelReassignment,
  electLeaders,
};

/** `orders-0, orders-1 and 4 more`. */
export function placesText<Place extends PartitionPlace>(places: readonly Place[], detail: (place: Place) => string = () => ""): string {
  const named = places.slice(0, NAMED_PARTITIONS).map((place) => `${place.topic}-${place.partition}${detail(place)}`);
  const others = places.length - named.length;
  return `${named.join(", ")}${others > 0 ? ` and ${counted(others, "more partition")}` : ""}`;
}

function topicsOf(places: readonly PartitionPlace[]): string {
  return [...new Set(places.map(({ topic }) => topic))].join(",");
}

/** Whether no broker gets a replica that it has not. */
function areReorderings(moves: readonly ReplicaMove[], before: ObservedOf["reassign"]): boolean {
  const old = byPlace(before.replicas);
  return moves.every((move) => {
    const replicas = old.find(move)?.replicas ?? [];
    return move.replicas.every((node) => replicas.includes(node));
  });
}

function reassignmentJson(moves: readonly ReplicaMove[]): string {
  return JSON.stringify({ version: 1, partitions: moves.map(({ topic, partition, replicas }) => ({ topic, partition, replicas })) });
}
