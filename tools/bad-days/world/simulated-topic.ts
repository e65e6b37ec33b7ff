/** A topic as those who use it know it. One that is made again under its name is another. */
export class SimulatedTopic {
  readonly name: string;
  readonly topicId: string;
  readonly incarnation: number;
  partitionCount: number;
  readonly firstPartitionCount: number;
  /** Somebody asked to delete it. */
  isDoomed = false;

  constructor(name: string, topicId: string, incarnation: number, partitionCount: number) {
    this.name = name;
    this.topicId = topicId;
    this.incarnation = incarnation;
    this.partitionCount = partitionCount;
    this.firstPartitionCount = partitionCount;
  }

  /** What the history calls a partition. */
  label(partition: number): string {
    return `${this.name}@${this.incarnation}:${partition}`;
  }
}
