import { writeFile } from "node:fs/promises";
import { OttlaError } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import type { Admin, Client } from "@ottla/client";
import { drawUpPlan } from "@ottla/expert/apply";
import { type ClusterThere, type DesignedSystem, type Domain, designDrift, type TopicThere } from "@ottla/expert/design";
import { isDone, printPlan } from "@ottla/expert/plan";
import type { CommandContext } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { shown } from "../../output.ts";

/** Looks at a cluster, and writes a plan of what it lacks of the design to a file that is not there yet. Errors: `PLAN_UNWRITABLE`, those of the cluster. */
export async function planDesign(context: CommandContext, domain: Domain, system: DesignedSystem, path: string): Promise<0> {
  const { stdout, stderr, signal, options } = context;
  const plan = async (client: Client): Promise<0> => {
    const admin = client.admin();
    const wanted = designDrift(domain, system, await lookAt(admin, system));
    const { plan: drawn, unplanned } = await drawUpPlan({ admin, clock: systemClock, signal }, wanted);
    const steps = drawn.steps.filter(({ change, before }) => change.kind === "manual" || !isDone(change, before as never));
    for (const { wanted: one, reason } of unplanned) stderr.write(shown`Not planned (${one.change.kind}): ${reason}\n`);
    if (steps.length === 0) {
      stdout.write(shown`The cluster is as ${system.system} is designed; there is nothing to plan.\n`);
      return 0;
    }
    const commandConfig = options.text("command-config");
    const tools = {
      bootstrapServer: options.text("bootstrap-server") ?? context.env["OTTLA_BOOTSTRAP_SERVER"] ?? "127.0.0.1:9092",
      ...(commandConfig !== undefined && { commandConfig }),
    };
    await write(path, printPlan({ ...drawn, steps }, tools));
    const manual = steps.filter(({ change }) => change.kind === "manual").length;
    stdout.write(
      shown`Wrote ${path}: ${steps.length} steps${manual > 0 ? `, ${manual} of them for a human` : ""}. Read it; then: ottla apply ${path} --dry-run\n`,
    );
    return 0;
  };
  return withClient(context, plan);
}

async function lookAt(admin: Admin, { topics }: DesignedSystem): Promise<ClusterThere> {
  const names = topics.map(({ name }) => name);
  const [{ nodes }, described, acls] = await Promise.all([
    admin.describeCluster(),
    admin.describeTopics(names),
    admin.describeAcls({}).catch(noAcls),
  ]);
  const there = described.filter(({ error }) => error?.code !== "UNKNOWN_TOPIC_OR_PARTITION");
  for (const { error } of there) if (error) throw error;
  const configs = there.length === 0 ? [] : await admin.describeConfigs(there.map(({ name }) => ({ type: "topic" as const, name })));
  const found = there.map(({ name, value }, i): [string, TopicThere] => {
    const { error, value: settings } = configs[i]!;
    if (error) throw error;
    return [
      name,
      {
        partitions: value!.partitions.length,
        replicationFactor: value!.partitions[0]?.replicas.length ?? 0,
        configs: new Map(settings.flatMap((setting) => (setting.value === null ? [] : [[setting.name, setting.value] as const]))),
      },
    ];
  });
  return { brokers: nodes.length, topics: new Map(found), acls: acls as ClusterThere["acls"] };
}

/** A cluster without an authorizer has none. */
function noAcls(error: unknown): readonly [] {
  if (error instanceof OttlaError && error.code === "SECURITY_DISABLED") return [];
  throw error;
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    const isThere = error instanceof Error && "code" in error && error.code === "EEXIST";
    const why = isThere ? "it is there already; name another file" : error instanceof Error ? error.message : String(error);
    throw new OttlaError("PLAN_UNWRITABLE", `The plan ${path} cannot be written: ${why}.`, { cause: error });
  }
}
