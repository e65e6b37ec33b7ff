/** A task: one sub-topology for one partition of its topics. */
export interface TaskId {
  readonly subtopology: number;
  readonly partition: number;
}

/** As Java writes it: `0_3`. */
export function taskName({ subtopology, partition }: TaskId): string {
  return `${subtopology}_${partition}`;
}
