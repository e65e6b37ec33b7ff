import { z } from "zod";
import { aclSchema, moveSchema, offsetSchema, placeSchema } from "./change-schema.ts";
import type { ChangeKind } from "./cluster-change.ts";

const text = z.string().max(100_000);
const texts = z.record(z.string(), text);
const topic = z.strictObject({ partitionCount: z.int().min(0).nullable(), written: z.boolean(), topicId: text.optional() });
const group = z.strictObject({ state: text.nullable(), offsets: z.array(offsetSchema) });
const acls = z.strictObject({ present: z.array(aclSchema) });

/** What a plan may say it has seen, by the kind of change. */
export const OBSERVED_SCHEMAS: { readonly [Kind in ChangeKind]: z.ZodType } = {
  config: z.strictObject({ settings: z.record(z.string(), text.nullable()), effective: texts }),
  createTopic: topic,
  deleteTopic: topic,
  addPartitions: topic,
  reassign: z.strictObject({ replicas: z.array(moveSchema), moving: z.array(placeSchema) }),
  cancelReassignment: z.strictObject({ targets: z.array(moveSchema) }),
  electLeaders: z.strictObject({
    leaders: z.array(placeSchema.extend({ leader: z.int().min(0).nullable(), preferred: z.int().min(0) })),
  }),
  removeThrottles: z.strictObject({
    topics: z.record(z.string(), texts),
    brokers: z.record(z.string(), texts),
    moving: z.array(placeSchema),
  }),
  setGroupOffsets: group,
  deleteGroupOffsets: group,
  setShareGroupOffsets: group,
  deleteShareGroupOffsets: group,
  deleteGroup: group,
  abortTransaction: z.strictObject({ startOffset: z.int().min(0).nullable() }),
  addAcls: acls,
  removeAcls: acls,
  setQuota: z.strictObject({ quotas: z.record(z.string(), z.number().nullable()) }),
  upgradeFeature: z.strictObject({ level: z.int().min(0) }),
  manual: z.strictObject({}),
};
