import type { ChangeKind, ClusterChange, PlannedAcl } from "../cluster-change.ts";
import type { ObservedOf } from "../observed.ts";

/** A change of a kind, with what might have been seen before it. */
interface Sample<Kind extends ChangeKind> {
  readonly change: Extract<ClusterChange, { readonly kind: Kind }>;
  readonly before: ObservedOf[Kind];
}

/** What a shell would take apart, if it were let. */
export const NASTY_NAME = `it's $HOME; "x" \`id\` # & * \\`;

const ACL: PlannedAcl = {
  resourceType: "group",
  resourceName: NASTY_NAME,
  patternType: "prefixed",
  principal: "User:CN=a b,O=c",
  host: "10.0.0.0/8",
  operation: "describeConfigs",
  permission: "deny",
};
const place = { topic: "orders", partition: 3 };

/** One change of every kind, with names that are hard to quote. */
export const SAMPLE_CHANGES: { readonly [Kind in ChangeKind]: Sample<Kind> } = {
  config: {
    change: {
      kind: "config",
      target: { type: "topic", name: "orders" },
      settings: { "cleanup.policy": "compact,delete", "min.insync.replicas": "2", "segment.ms": null },
    },
    before: { settings: { "segment.ms": "1000" }, effective: { "min.insync.replicas": "1" } },
  },
  createTopic: {
    change: { kind: "createTopic", topic: "orders.dlq", partitionCount: 3, replicationFactor: 3, configs: { "retention.ms": "-1" } },
    before: { partitionCount: null, written: false },
  },
  deleteTopic: { change: { kind: "deleteTopic", topic: "old", onlyIfEmpty: false }, before: { partitionCount: 2, written: true } },
  addPartitions: { change: { kind: "addPartitions", topic: "orders", partitionCount: 12 }, before: { partitionCount: 6, written: true } },
  reassign: {
    change: { kind: "reassign", moves: [{ ...place, replicas: [2, 3, 1] }], throttleBytesPerS: 50_000_000, copyBytes: 1_000_000 },
    before: { replicas: [{ ...place, replicas: [1] }], moving: [] },
  },
  cancelReassignment: {
    change: { kind: "cancelReassignment", partitions: [place] },
    before: { targets: [{ ...place, replicas: [1, 2] }] },
  },
  electLeaders: {
    change: { kind: "electLeaders", election: "preferred", partitions: [place] },
    before: { leaders: [{ ...place, leader: 2, preferred: 1 }] },
  },
  removeThrottles: {
    change: { kind: "removeThrottles", topics: ["orders"], brokers: [1] },
    before: { topics: { orders: { "leader.replication.throttled.replicas": "*" } }, brokers: { "1": {} }, moving: [] },
  },
  setGroupOffsets: {
    change: { kind: "setGroupOffsets", group: NASTY_NAME, offsets: [{ ...place, offset: 42 }] },
    before: { state: "Empty", offsets: [{ ...place, offset: 7 }] },
  },
  deleteGroupOffsets: {
    change: { kind: "deleteGroupOffsets", group: NASTY_NAME, partitions: [place, { topic: "orders", partition: 4 }] },
    before: { state: "Empty", offsets: [{ ...place, offset: 7 }] },
  },
  setShareGroupOffsets: {
    change: { kind: "setShareGroupOffsets", group: NASTY_NAME, offsets: [{ ...place, offset: 42 }] },
    before: { state: "Empty", offsets: [{ ...place, offset: 7 }] },
  },
  deleteShareGroupOffsets: {
    change: { kind: "deleteShareGroupOffsets", group: NASTY_NAME, topics: [place.topic, "orders"] },
    before: { state: "Empty", offsets: [{ ...place, offset: 7 }] },
  },
  deleteGroup: {
    change: { kind: "deleteGroup", group: NASTY_NAME },
    before: { state: "Empty", offsets: [{ ...place, offset: 7 }] },
  },
  abortTransaction: {
    change: { kind: "abortTransaction", ...place, startOffset: 11, producerId: 4000, producerEpoch: 2, coordinatorEpoch: 0 },
    before: { startOffset: 11 },
  },
  addAcls: { change: { kind: "addAcls", acls: [ACL] }, before: { present: [] } },
  removeAcls: { change: { kind: "removeAcls", acls: [ACL] }, before: { present: [ACL] } },
  setQuota: {
    change: {
      kind: "setQuota",
      entity: { user: null, clientId: NASTY_NAME },
      quotas: { producer_byte_rate: 1_000_000, request_percentage: null },
    },
    before: { quotas: { producer_byte_rate: null, request_percentage: 50 } },
  },
  upgradeFeature: { change: { kind: "upgradeFeature", feature: "transaction.version", level: 2 }, before: { level: 1 } },
  manual: {
    change: {
      kind: "manual",
      subject: "broker 1",
      instruction: "Add a disk, then restart the broker.",
      diff: "-log.dirs=/a\n+log.dirs=/a,/b",
    },
    before: {},
  },
};
