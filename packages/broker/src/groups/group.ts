import type { ClassicGroup } from "./classic/classic-group.ts";
import type { ConsumerGroup } from "./consumer/consumer-group.ts";

/** Any group the coordinator keeps, told apart by `type`. The kinds to come (share, streams) join this union, each from a room of its own. */
export type Group = ClassicGroup | ConsumerGroup;
