import type { AssignmentProblem, Assignment } from "./assignment.ts";
import { UniformHeterogeneous } from "./uniform-heterogeneous.ts";
import { UniformHomogeneous } from "./uniform-homogeneous.ts";

/**
 * "uniform": every member gets as many partitions as its subscription lets it, give or take one, and keeps what it has as far as that goes.
 * Results equal Apache Kafka 4.4's `UniformAssignor`.
 */
export function* uniformAssignor(problem: AssignmentProblem): Generator<void, ReadonlyMap<string, Assignment>> {
  if (problem.members.length === 0) return new Map();
  return yield* problem.isHomogeneous ? new UniformHomogeneous(problem).assign() : new UniformHeterogeneous(problem).assign();
}
