import type { SeededRandom } from "@ottla/base/simulated";

const VALUES: Readonly<Record<string, readonly (string | null)[]>> = {
  "cleanup.policy": ["compact", "delete", "compact,delete", "delete,delete", "", "never", " delete "],
  "retention.ms": ["1000000000", "-1", "-2", "soon", "", null],
  "retention.bytes": ["1000000", "-1", "1.5"],
  "max.message.bytes": ["500", "100000", "0", "-1"],
  "message.timestamp.type": ["CreateTime", "LogAppendTime", "Yesterday"],
  "message.timestamp.after.max.ms": ["3600000", "9223372036854775807"],
  "compression.type": ["producer", "uncompressed", "zip"],
  "segment.bytes": ["1048576", "1048575", "10"],
  "min.insync.replicas": ["1", "2", "0"],
  "unclean.leader.election.enable": ["true", "false", "maybe"],
  "min.cleanable.dirty.ratio": ["0.5", "0", "1", "1.1"],
  "follower.replication.throttled.replicas": ["0:1", "*", "0-1"],
  "no.such.setting": ["1"],
  "delete.retention.ms": ["1", "86400000"],
  "segment.ms": ["1000000", "0"],
  "flush.messages": ["1", "0"],
  preallocate: ["false", "true"],
};

const GROUP_VALUES: Readonly<Record<string, readonly (string | null)[]>> = {
  "consumer.heartbeat.interval.ms": ["300", "1000", "99", "15001", "often", null],
  "consumer.session.timeout.ms": ["45000", "60000", "1", "never"],
  "consumer.assignment.interval.ms": ["0", "-1"],
  "retention.ms": ["1"],
};

/** A setting of a group and a value for it, now and then one that is refused. */
export function randomGroupConfig(random: SeededRandom): { readonly name: string; readonly value: string | null } {
  const name = random.pick(Object.keys(GROUP_VALUES));
  return { name, value: random.pick(GROUP_VALUES[name]!) };
}

/** Names of settings that a topic may have, and one that it may not. */
export const configNames: readonly string[] = Object.keys(VALUES);

/** A setting of a topic and a value for it, now and then one that is refused. */
export function randomConfig(random: SeededRandom): { readonly name: string; readonly value: string | null } {
  const name = random.pick(configNames);
  return { name, value: random.pick(VALUES[name]!) };
}
