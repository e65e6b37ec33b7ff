/** The name in the cluster of a topic that the application makes for itself. */
export function repartitionTopicName(applicationId: string, topic: string): string {
  return `${applicationId}-${topic}`;
}

/** The name in the cluster of a store's changelog. */
export function changelogTopicName(applicationId: string, store: string): string {
  return `${applicationId}-${store}-changelog`;
}
