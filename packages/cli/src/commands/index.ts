import type { CommandSpec } from "../command.ts";
import { aclCommands } from "./acls/specs.ts";
import { applyCommand } from "./apply/specs.ts";
import { brokerCommand } from "./broker.ts";
import { certCommands } from "./certs/specs.ts";
import { clusterCommands } from "./cluster/specs.ts";
import { completionCommand } from "./completion.ts";
import { connectCommands } from "./connect/specs.ts";
import { configCommands } from "./configs/specs.ts";
import { designCommand } from "./design/specs.ts";
import { devCommand } from "./dev.ts";
import { dlqCommands } from "./dlq/specs.ts";
import { doctorCommand } from "./doctor/specs.ts";
import { groupCommands } from "./groups/specs.ts";
import { lagCommands } from "./lag/specs.ts";
import { lintCommands } from "./lint/specs.ts";
import { logCommands } from "./log/specs.ts";
import { mcpCommands } from "./mcp/specs.ts";
import { monitorCommands } from "./monitor/specs.ts";
import { offsetCommands } from "./offsets/specs.ts";
import { perfCommands } from "./perf/specs.ts";
import { probeCommand } from "./probe/specs.ts";
import { quotaCommands } from "./quotas/specs.ts";
import { recordCommands } from "./records/specs.ts";
import { consoleCommands } from "./console/specs.ts";
import { registryCommands } from "./registry/specs.ts";
import { schemaCommands } from "./schemas/specs.ts";
import { sizeCommands } from "./size/specs.ts";
import { streamsCommands } from "./streams/specs.ts";
import { tenantCommands } from "./tenants/specs.ts";
import { tokenCommands } from "./tokens/specs.ts";
import { topicCommands } from "./topics/specs.ts";
import { transactionCommands } from "./transactions/specs.ts";
import { tuneCommand } from "./tune/specs.ts";
import { upCommand } from "./up.ts";
import { userCommands } from "./users/specs.ts";

/** Every command, in the order of the overview. */
export const commands: readonly CommandSpec[] = [
  devCommand,
  brokerCommand,
  upCommand,
  ...registryCommands,
  ...consoleCommands,
  ...connectCommands,
  ...topicCommands,
  ...recordCommands,
  ...groupCommands,
  ...offsetCommands,
  ...lagCommands,
  ...dlqCommands,
  ...schemaCommands,
  ...transactionCommands,
  ...configCommands,
  ...aclCommands,
  ...tokenCommands,
  ...userCommands,
  ...quotaCommands,
  ...tenantCommands,
  ...clusterCommands,
  applyCommand,
  probeCommand,
  doctorCommand,
  ...sizeCommands,
  designCommand,
  tuneCommand,
  ...lintCommands,
  ...monitorCommands,
  ...mcpCommands,
  ...streamsCommands,
  ...certCommands,
  ...logCommands,
  ...perfCommands,
  completionCommand(() => commands),
];
