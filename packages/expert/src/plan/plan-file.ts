import { printable } from "@ottla/base";
import { isMap, isScalar, isSeq, LineCounter, parseDocument, Document, type YAMLMap } from "yaml";
import { z } from "zod";
import { doneWhen, inverseOf, kafkaCommandsOf, ottlaCommandsOf, riskOf, sentenceOf } from "./change-kinds.ts";
import { changeSchema } from "./change-schema.ts";
import { commandLine, type KafkaTools } from "./command-line.ts";
import { OBSERVED_SCHEMAS } from "./observed-schema.ts";
import { PLAN_STEPS_MAX, PLAN_VERSION, type Plan, type PlanStep } from "./plan.ts";
import { digestOf } from "./plan-digest.ts";
import { PlanError } from "./plan-error.ts";

/** Beyond this nobody reviews it. */
export const PLAN_FILE_BYTES_MAX = 32 * 1024 * 1024;

const stepSchema = z.strictObject({
  id: z.string().regex(/^[\w.-]{1,100}$/, "it is no name of a step"),
  rule: z.string().max(1000).optional(),
  reason: z.string().max(10_000).optional(),
  change: changeSchema,
  before: z.unknown(),
  verifyWithinS: z
    .number()
    .positive()
    .max(7 * 86_400),
});
const planSchema = z.strictObject({
  digest: z.string(),
  version: z.literal(PLAN_VERSION),
  clusterId: z.string().nullable(),
  madeAt: z.iso.datetime(),
  steps: z.array(stepSchema).max(PLAN_STEPS_MAX),
});

/** A plan as its file has it. */
export interface PlanFile {
  readonly plan: Plan;
  /** Of what is in the file now. */
  readonly digest: string;
  /** The content is not what the file's own digest was made over. */
  readonly isEdited: boolean;
}

/** The plan as a file for people: YAML, with a comment at each step that says what it does, why it may hurt, and which commands do the same. */
export function printPlan(plan: Plan, tools: KafkaTools): string {
  const document = new Document({ digest: digestOf(plan), ...plan }, { aliasDuplicateObjects: false });
  document.commentBefore = [
    ` ${plan.steps.length} step${plan.steps.length === 1 ? "" : "s"} for the cluster ${plan.clusterId ?? "(it tells no id)"}.`,
    " The digest binds what is below, comments aside: a plan that was edited has to be accepted as such.",
    " Each step is looked at again before it is made, and afterwards until it can be seen to be done.",
  ].join("\n");
  const steps = document.get("steps");
  if (isSeq(steps))
    for (const [i, node] of steps.items.entries()) {
      (node as YAMLMap).commentBefore = stepComment(plan.steps[i]!, tools)
        .map((line) => ` ${printable(line)}`)
        .join("\n");
      if (i > 0) (node as YAMLMap).spaceBefore = true;
    }
  return document.toString({ lineWidth: 0 });
}

function stepComment({ id, rule, change, before, reason }: PlanStep, tools: KafkaTools): readonly string[] {
  const risk = riskOf(change, before);
  const inverse = inverseOf(change, before);
  const back = inverse === undefined ? "There is no way back." : inverse.map((each) => `Taken back by: ${sentenceOf(each)}`);
  const lines = [
    `${id}. ${sentenceOf(change)}`,
    ...(reason === undefined ? [] : [`Why: ${reason}${rule === undefined ? "" : ` (${rule})`}`]),
    `Risk: ${risk.class}.${risk.why === undefined ? "" : ` ${risk.why}`}`,
    ...(change.kind === "manual" ? [] : [`Done when ${doneWhen(change)}.`, ...[back].flat()]),
    ...(kafkaCommandsOf(change, tools) ?? []),
    ...(ottlaCommandsOf(change) ?? []).map((words) => commandLine(["ottla", ...words])),
  ];
  return lines.flatMap((line) => line.split("\n"));
}

/** A plan as JSON, for programs; {@link parsePlan} reads it as well. */
export function planAsJson(plan: Plan): string {
  return `${JSON.stringify({ digest: digestOf(plan), ...plan }, undefined, 2)}\n`;
}

/** Reads a plan, in YAML or in JSON. Throws {@link PlanError} `PLAN_UNREADABLE` with the line. */
export function parsePlan(text: string): PlanFile {
  if (text.length > PLAN_FILE_BYTES_MAX) throw unreadable(`it is larger than ${PLAN_FILE_BYTES_MAX / 1024 / 1024} MiB`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [fault] = document.errors;
  if (fault) throw unreadable(`line ${lines.linePos(fault.pos[0]).line}: ${fault.message}`);
  const { data, error } = planSchema.safeParse(contentOf(document));
  if (error) throw wrongAt(document, lines, error.issues[0]!);
  const { digest: signed, ...content } = data;
  const seen = new Set<string>();
  for (const [i, { id, change, before }] of content.steps.entries()) {
    const { error: wrong } = OBSERVED_SCHEMAS[change.kind].safeParse(before);
    const issue = wrong?.issues[0];
    if (issue) throw wrongAt(document, lines, { ...issue, path: ["steps", i, "before", ...issue.path] });
    if (seen.has(id)) throw unreadable(`there are two steps "${id}"`);
    seen.add(id);
  }
  const plan = content as Plan;
  const digest = digestOf(plan);
  return { plan, digest, isEdited: digest !== signed };
}

function contentOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error));
  }
}

/** An issue with the line of the nearest thing that is there. */
function wrongAt(document: Document.Parsed, lines: LineCounter, { path, message }: { path: PropertyKey[]; message: string }): PlanError {
  let depth = path.length;
  let node: unknown;
  do node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
  while (node === undefined && depth-- > 0);
  const range = isScalar(node) || isMap(node) || isSeq(node) ? node.range : undefined;
  const where = range ? `line ${lines.linePos(range[0]).line}: ` : "";
  return unreadable(`${where}${path.length > 0 ? `${path.join(".")}: ` : ""}${message}`);
}

function unreadable(why: string): PlanError {
  return new PlanError("PLAN_UNREADABLE", `This is no plan that can be read: ${why.replace(/\.$/, "")}.`);
}
