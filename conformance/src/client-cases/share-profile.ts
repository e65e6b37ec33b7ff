/** What the cases count on: a lock's time that they can wait for. */
export const LOCK_MS = 6000;
export const shareProfile: Readonly<Record<string, string>> = {
  "group.share.min.record.lock.duration.ms": "1000",
  "group.share.record.lock.duration.ms": String(LOCK_MS),
  "group.share.min.heartbeat.interval.ms": "100",
  "group.share.heartbeat.interval.ms": "300",
  "share.coordinator.state.topic.num.partitions": "3",
  "offsets.topic.num.partitions": "3",
};
