import type { DesignedAcl, DesignedSystem } from "../designed-system.ts";
import { Expression, type HclBlock, printHcl } from "./hcl.ts";
import { comment, generatedBy, type OutputFile } from "./output-file.ts";

const PROVIDER_VERSION = "~> 0.13";

const RESOURCES: Readonly<Record<DesignedAcl["resourceType"], string>> = {
  topic: "Topic",
  group: "Group",
  transactionalId: "TransactionalID",
  cluster: "Cluster",
};
const OPERATIONS: Readonly<Record<DesignedAcl["operations"][number], string>> = {
  read: "Read",
  write: "Write",
  create: "Create",
  delete: "Delete",
  describe: "Describe",
  describeConfigs: "DescribeConfigs",
};

/** Topics and ACLs for the provider Mongey/kafka, which has one resource for each operation. */
export function terraformFile(system: DesignedSystem): OutputFile {
  const names = new Set<string>();
  const blocks: readonly HclBlock[] = [
    {
      words: ["terraform"],
      attributes: [],
      blocks: [{ words: ["required_providers"], attributes: [["kafka", { source: "Mongey/kafka", version: PROVIDER_VERSION }]] }],
    },
    {
      words: ["variable", "bootstrap_servers"],
      attributes: [
        ["type", new Expression("list(string)")],
        ["description", "host:port of brokers"],
      ],
    },
    { words: ["provider", "kafka"], attributes: [["bootstrap_servers", new Expression("var.bootstrap_servers")]] },
    ...system.topics.map(
      ({ name, partitions, replicationFactor, settings }): HclBlock => ({
        words: ["resource", "kafka_topic", label(name, names)],
        attributes: [
          ["name", name],
          ["replication_factor", replicationFactor],
          ["partitions", partitions],
          ["config", Object.fromEntries(settings.map((setting) => [setting.name, setting.value]))],
        ],
      }),
    ),
    ...system.acls.flatMap((acl) => acl.operations.map((operation) => aclBlock(acl, operation, names))),
  ];
  return { path: "terraform/main.tf", text: `${comment(generatedBy(system.system))}\n\n${printHcl(blocks)}` };
}

function aclBlock(
  { service, principal, resourceType, resourceName, isPrefix }: DesignedAcl,
  operation: DesignedAcl["operations"][number],
  names: Set<string>,
): HclBlock {
  return {
    words: ["resource", "kafka_acl", label(`${service}_${operation}_${resourceName}`, names)],
    attributes: [
      ["resource_name", resourceType === "cluster" ? "kafka-cluster" : resourceName],
      ["resource_type", RESOURCES[resourceType]],
      ["resource_pattern_type_filter", isPrefix ? "Prefixed" : "Literal"],
      ["acl_principal", principal],
      ["acl_host", "*"],
      ["acl_operation", OPERATIONS[operation]],
      ["acl_permission_type", "Allow"],
    ],
  };
}

/** A name within Terraform, once each. */
function label(name: string, taken: Set<string>): string {
  const base = name.replaceAll(/\W+/g, "_").replace(/^\d/, "_$&");
  let unique = base;
  for (let i = 2; taken.has(unique); i++) unique = `${base}_${i}`;
  taken.add(unique);
  return unique;
}
