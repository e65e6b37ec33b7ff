import { z } from "zod";
import type { ChangeKind, ClusterChange } from "./cluster-change.ts";

/** The most that one change may name of anything. */
const NAMED_MAX = 100_000;

const name = z.string().min(1).max(32_767);
const count = z.int().min(0);
const int32 = z.int().min(0).max(0x7fffffff);
const positiveInt32 = z.int().min(1).max(0x7fffffff);
const topic = z.string().regex(/^[a-zA-Z0-9._-]{1,249}$/, "it is no name of a topic");
/** Where a partition is. */
export const placeSchema = z.strictObject({ topic, partition: int32 });
/** An offset of a partition. */
export const offsetSchema = placeSchema.extend({ offset: count });
/** A partition with the brokers of its replicas. */
export const moveSchema = placeSchema.extend({
  replicas: z.array(int32).min(1).max(1000).refine(hasNoRepeats, "a broker stands there twice"),
});
const many = <Item extends z.ZodType>(item: Item): z.ZodArray<Item> => z.array(item).min(1).max(NAMED_MAX);

const target = z.discriminatedUnion("type", [
  z.strictObject({ type: z.enum(["topic"]), name: topic }),
  z.strictObject({ type: z.enum(["group"]), name }),
  z.strictObject({ type: z.literal("broker"), nodeId: int32 }),
  z.strictObject({ type: z.literal("brokers") }),
]);
/** Kafka's own names of settings, and values without line ends, which no tool could carry. */
const settingName = z.string().regex(/^[\w.-]{1,249}$/, "it is no name of a setting");
const settingValue = z
  .string()
  .max(32_767)
  .regex(/^[^\r\n\0]*$/, "it has line ends");

/** One ACL in whole. */
export const aclSchema = z.strictObject({
  resourceType: z.enum(["topic", "group", "cluster", "transactionalId", "delegationToken", "user"]),
  resourceName: name,
  patternType: z.enum(["literal", "prefixed"]),
  principal: z.string().regex(/^[^:]+:./, "it is no principal such as User:alice"),
  host: name,
  operation: z.enum([
    "all",
    "read",
    "write",
    "create",
    "delete",
    "alter",
    "describe",
    "clusterAction",
    "describeConfigs",
    "alterConfigs",
    "idempotentWrite",
    "createTokens",
    "describeTokens",
    "twoPhaseCommit",
  ]),
  permission: z.enum(["allow", "deny"]),
});

const entityPart = name.nullable().optional();
const entity = z
  .strictObject({ user: entityPart, clientId: entityPart, ip: entityPart })
  .refine((parts) => Object.values(parts).some((part) => part !== undefined), "it names nobody");

const SHAPES: { readonly [Kind in ChangeKind]: z.ZodRawShape } = {
  config: { target, settings: z.record(settingName, settingValue.nullable()).refine(hasAny, "it names no setting") },
  createTopic: {
    topic,
    partitionCount: positiveInt32,
    replicationFactor: z.int().min(1).max(0x7fff).optional(),
    configs: z.record(settingName, settingValue).optional(),
  },
  deleteTopic: { topic, onlyIfEmpty: z.boolean() },
  addPartitions: { topic, partitionCount: positiveInt32 },
  reassign: { moves: many(moveSchema), throttleBytesPerS: z.int().min(1).optional(), copyBytes: count.optional() },
  cancelReassignment: { partitions: many(placeSchema) },
  electLeaders: { election: z.enum(["preferred", "unclean"]), partitions: many(placeSchema) },
  removeThrottles: { topics: z.array(topic).max(NAMED_MAX), brokers: z.array(int32).max(NAMED_MAX) },
  setGroupOffsets: { group: name, offsets: many(offsetSchema) },
  deleteGroupOffsets: { group: name, partitions: many(placeSchema) },
  setShareGroupOffsets: { group: name, offsets: many(offsetSchema) },
  deleteShareGroupOffsets: { group: name, topics: many(topic) },
  deleteGroup: { group: name, type: z.literal("share").optional() },
  abortTransaction: {
    topic,
    partition: int32,
    startOffset: count,
    producerId: count,
    producerEpoch: z.int().min(0).max(0x7fff),
    coordinatorEpoch: int32,
  },
  addAcls: { acls: many(aclSchema) },
  removeAcls: { acls: many(aclSchema) },
  setQuota: {
    entity,
    quotas: z
      .record(z.string().regex(/^[a-z_]+$/, "it is no name of a quota"), z.number().min(0).nullable())
      .refine(hasAny, "it names no quota"),
  },
  upgradeFeature: { feature: name, level: z.int().min(0).max(0x7fff) },
  manual: { subject: name, instruction: name, diff: z.string().max(NAMED_MAX).optional() },
};

const change = z.discriminatedUnion(
  "kind",
  Object.entries(SHAPES).map(([kind, shape]) => z.strictObject({ kind: z.literal(kind), ...shape })) as unknown as [z.ZodObject],
);

/** A change as somebody handed it in; what is left over or missing is an error. */
export const changeSchema = change as unknown as z.ZodType<ClusterChange>;

function hasAny(named: object): boolean {
  return Object.keys(named).length > 0;
}

function hasNoRepeats(values: readonly number[]): boolean {
  return new Set(values).size === values.length;
}
