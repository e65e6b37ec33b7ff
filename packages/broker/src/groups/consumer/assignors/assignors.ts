import type { Assignor } from "./assignment.ts";
import { rangeAssignor } from "./range-assignor.ts";
import { uniformAssignor } from "./uniform-assignor.ts";

/** The assignors that `group.consumer.assignors` may name. */
export const assignors: ReadonlyMap<string, Assignor> = new Map<string, Assignor>([
  ["uniform", uniformAssignor],
  ["range", rangeAssignor],
]);
