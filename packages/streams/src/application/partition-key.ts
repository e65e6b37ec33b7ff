/** One text for a partition, to key a map with; topics' names hold no space. */
export function partitionKey(topic: string, partition: number): string {
  return `${topic} ${partition}`;
}
