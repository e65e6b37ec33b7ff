import type { ClassicGroup } from "./classic/classic-group.ts";
import type { ConsumerGroup } from "./consumer/consumer-group.ts";
import type { StreamsGroup } from "./streams/streams-group.ts";

/** Any group the coordinator keeps, told apart by `type`. The kind to come (share) joins this union, from a room of its own. */
export type Group = ClassicGroup | ConsumerGroup | StreamsGroup;
