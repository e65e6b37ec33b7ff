import { z } from "zod";
import { kafkaCommandsOf, ottlaCommandsOf, riskOf, sentenceOf, subjectOf } from "../../plan/change-kinds.ts";
import { changeSchema } from "../../plan/change-schema.ts";
import type { ClusterChange } from "../../plan/cluster-change.ts";
import { commandLine } from "../../plan/command-line.ts";
import type { PlanStep, WantedChange } from "../../plan/plan.ts";
import type { StoredPlan } from "../../plan/plan-store.ts";
import { type ExpertTool, type ToolAnswer, type ToolContext, tool } from "../tool.ts";
import { clusterOf } from "./live-tool.ts";

/** More than a person reviews. */
const CHANGES_MAX = 200;
const topic = z.string().min(1).max(249);
const setting = z.string().regex(/^[\w.-]{1,249}$/, "it is no name of a setting");
const reason = z.string().max(500).optional().describe("why, in a sentence; it stands in the plan");

/** A tool that makes a plan out of its input. */
function planTool<Input extends z.ZodObject>(definition: {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly changes: (input: z.output<Input>) => readonly WantedChange["change"][];
}): ExpertTool {
  const { changes, description, ...facts } = definition;
  return tool({
    ...facts,
    description: `${description} Changes nothing: answers with a plan, its digest, risks, commands and the way back.`,
    kind: "plan",
    run: (input: z.output<Input>, context) => planned(changes(input), (input as { reason?: string }).reason, context),
  });
}

export const planTools = [
  planTool({
    name: "plan_config",
    title: "Plan a change of settings",
    description: "Settings of a topic, a group, a broker (by id) or all brokers.",
    input: z.object({
      type: z.enum(["topic", "group", "broker", "brokers"]),
      name: z.string().max(1000).optional().describe("the topic, the group, or the broker's id; left out for brokers"),
      settings: z.record(setting, z.string().max(10_000).nullable()).describe("null takes a setting away"),
      reason,
    }),
    changes: ({ type, name, settings }) => [
      checked({
        kind: "config",
        target: type === "brokers" ? { type } : type === "broker" ? { type, nodeId: Number(name) } : { type, name: name ?? "" },
        settings,
      }),
    ],
  }),
  planTool({
    name: "plan_topic",
    title: "Plan a topic",
    description: "A new topic with its partitions, replicas and settings.",
    input: z.object({
      topic,
      partitionCount: z.int().min(1).max(10_000),
      replicationFactor: z.int().min(1).max(100).optional(),
      configs: z.record(setting, z.string().max(10_000)).optional(),
      reason,
    }),
    changes: ({ topic: name, partitionCount, replicationFactor, configs }) => [
      checked({ kind: "createTopic", topic: name, partitionCount, replicationFactor, configs }),
    ],
  }),
  planTool({
    name: "plan_partition_increase",
    title: "Plan more partitions",
    description:
      "More partitions for a topic. There is no way back, and keys go to other partitions from then on: not for compacted topics, keyed joins or Streams sources.",
    input: z.object({ topic, partitionCount: z.int().min(2).max(10_000), reason }),
    changes: ({ topic: name, partitionCount }) => [checked({ kind: "addPartitions", topic: name, partitionCount })],
  }),
  planTool({
    name: "plan_offset_reset",
    title: "Plan other offsets of a group",
    description: "Sets committed offsets of a group without members. What lies between is skipped or handled again.",
    input: z.object({
      group: z.string().min(1).max(1000),
      offsets: z
        .array(z.object({ topic, partition: z.int().min(0), offset: z.int().min(0) }))
        .min(1)
        .max(10_000),
      reason,
    }),
    changes: ({ group, offsets }) => [checked({ kind: "setGroupOffsets", group, offsets })],
  }),
  planTool({
    name: "plan_quota",
    title: "Plan a quota",
    description:
      "Limits of a user, a client id, both, or an address; null as a name is the default of that kind, null as a limit takes it away.",
    input: z.object({
      user: z.string().max(500).nullable().optional(),
      clientId: z.string().max(500).nullable().optional(),
      ip: z.string().max(100).nullable().optional(),
      quotas: z.record(z.string().regex(/^[a-z_]+$/), z.number().min(0).nullable()),
      reason,
    }),
    changes: ({ user, clientId, ip, quotas }) => [checked({ kind: "setQuota", entity: { user, clientId, ip }, quotas })],
  }),
  planTool({
    name: "plan_acl",
    title: "Plan ACLs",
    description: "ACLs to add or to remove.",
    input: z.object({
      verb: z.enum(["add", "remove"]),
      acls: z
        .array(
          z.object({
            principal: z.string().max(500).describe("User:alice"),
            operation: z.string().max(50),
            resourceType: z.string().max(50),
            resourceName: z.string().max(500),
            patternType: z.enum(["literal", "prefixed"]).default("literal"),
            host: z.string().max(100).default("*"),
            permission: z.enum(["allow", "deny"]).default("allow"),
          }),
        )
        .min(1)
        .max(CHANGES_MAX),
      reason,
    }),
    changes: ({ verb, acls }) => [checked({ kind: verb === "add" ? "addAcls" : "removeAcls", acls })],
  }),
  planTool({
    name: "plan_changes",
    title: "Plan changes of any kind",
    description:
      "Changes as a finding of health_check carries them in `changes`: reassignments, leader elections, leftover throttles, hanging transactions, features and all the others.",
    input: z.object({ changes: z.array(z.record(z.string(), z.unknown())).min(1).max(CHANGES_MAX), reason }),
    changes: ({ changes }) => changes.map(checked),
  }),
];

/** Draws up a plan of changes that an agent asks for. */
function planned(changes: readonly WantedChange["change"][], why: string | undefined, context: ToolContext): Promise<ToolAnswer> {
  return drawnUp(
    changes.map((change): WantedChange => ({ change, ...(why !== undefined && { reason: why }) })),
    [],
    context,
  );
}

/** Draws up a plan and keeps it; `beside` is told with what could not be planned. */
export async function drawnUp(wanted: readonly WantedChange[], beside: readonly string[], context: ToolContext): Promise<ToolAnswer> {
  const { plan, unplanned } = await clusterOf(context).drawUp(wanted, context.signal);
  const notChecked = [...unplanned, ...beside];
  if (plan.steps.length === 0)
    return { data: { steps: [] }, observedAtMs: context.nowMs(), notChecked: ["There is nothing that a plan can do.", ...notChecked] };
  const stored = context.plans.add(plan, context.nowMs());
  return { data: planFacts(stored), observedAtMs: context.nowMs(), notChecked };
}

/** What is told of a plan. */
export function planFacts({ planId, digest, plan, state }: StoredPlan): Readonly<Record<string, unknown>> {
  return {
    planId,
    digest,
    state,
    highestRisk: plan.steps.some((step) => riskOfStep(step).class === "high") ? "high" : "low",
    steps: plan.steps.map((step) => ({
      id: step.id,
      does: sentenceOf(step.change),
      subject: subjectOf(step.change),
      risk: riskOfStep(step),
      before: step.before,
      change: step.change,
      ottla: ottlaLinesOf(step.change),
      kafka: kafkaCommandsOf(step.change, TOOLS),
    })),
  };
}

const TOOLS = { bootstrapServer: "BOOTSTRAP_SERVER" };

function ottlaLinesOf(change: ClusterChange): readonly string[] | undefined {
  return ottlaCommandsOf(change)?.map((words) => commandLine(["ottla", ...words]));
}

/** All that a change does, as lines of a shell: with `ottla`, where it has a command for it, else with Kafka's tools. */
export function commandsOf(change: ClusterChange): readonly string[] {
  return ottlaLinesOf(change) ?? kafkaCommandsOf(change, TOOLS) ?? [];
}

/** The risk of a step beside what was seen when it was planned. */
export function riskOfStep({ change, before }: PlanStep): ReturnType<typeof riskOf> {
  return riskOf(change, before as never);
}

/** A change from outside; what is missing or left over is an error that names it. */
function checked(change: unknown): WantedChange["change"] {
  return changeSchema.parse(change);
}
