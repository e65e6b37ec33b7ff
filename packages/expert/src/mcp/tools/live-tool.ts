import { OttlaError } from "@ottla/base";
import type { z } from "zod";
import { mayBePartial, PARTIAL_LISTS } from "../../doctor/unseen.ts";
import type { ClusterSnapshot } from "../../snapshot/cluster-snapshot.ts";
import { isObserved, type Observed } from "../../snapshot/observed.ts";
import type { ClusterAccess } from "../cluster-access.ts";
import { type ExpertTool, type ToolAnswer, type ToolContext, tool } from "../tool.ts";

/** The cluster of a context. Errors: `NO_CLUSTER`. */
export function clusterOf({ cluster }: ToolContext): ClusterAccess {
  if (cluster) return cluster;
  throw new OttlaError(
    "NO_CLUSTER",
    "This server was started without a cluster: start it with --bootstrap-server. The tools lint, size, design, explain_rule and decode_record need none.",
  );
}

/** What a look showed, and what it did not. */
export class Look {
  readonly snapshot: ClusterSnapshot;
  readonly notChecked: string[] = [];

  constructor(snapshot: ClusterSnapshot) {
    this.snapshot = snapshot;
    if (mayBePartial(snapshot)) this.notChecked.push(`topics and groups that this login may not describe: ${PARTIAL_LISTS}`);
  }

  /** The value, or undefined with a line among what was not checked. */
  see<Value>(what: string, seen: Observed<Value>): Value | undefined {
    if (isObserved(seen)) return seen.value;
    this.notChecked.push(`${what}: ${seen.message}`);
    return undefined;
  }

  /** A list that is empty when it was not seen; a line says so. */
  list<Value>(what: string, seen: Observed<readonly Value[]>): readonly Value[] {
    return this.see(what, seen) ?? [];
  }
}

/** A tool that answers from one look at the cluster. */
export function lookTool<Input extends z.ZodObject>(definition: {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly answer: (look: Look, input: z.output<Input>) => Readonly<Record<string, unknown>>;
}): ExpertTool {
  const { answer, ...facts } = definition;
  return tool({
    ...facts,
    kind: "live",
    run: async (input: z.output<Input>, context): Promise<ToolAnswer> => {
      const look = new Look(await clusterOf(context).snapshot(context.signal));
      const data = answer(look, input);
      return { data, observedAtMs: look.snapshot.takenAtMs, notChecked: look.notChecked };
    },
  });
}
