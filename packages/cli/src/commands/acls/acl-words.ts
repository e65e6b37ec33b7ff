import type { Acl, AclOperation, AclResourceType } from "@ottla/client";
import { AclOperation as OperationNumber, ResourceType } from "@ottla/protocol";
import { type ParsedOptions, UsageError } from "../../command.ts";
import { meantChoice } from "../../meant-choice.ts";
import { shown } from "../../output.ts";

const OPERATIONS: Readonly<Record<string, AclOperation>> = {
  all: "all",
  read: "read",
  write: "write",
  create: "create",
  delete: "delete",
  alter: "alter",
  describe: "describe",
  "cluster-action": "clusterAction",
  "describe-configs": "describeConfigs",
  "alter-configs": "alterConfigs",
  "idempotent-write": "idempotentWrite",
  "create-tokens": "createTokens",
  "describe-tokens": "describeTokens",
  "two-phase-commit": "twoPhaseCommit",
};
const RESOURCES: Readonly<Record<string, AclResourceType>> = {
  topic: "topic",
  group: "group",
  cluster: "cluster",
  "transactional-id": "transactionalId",
  "delegation-token": "delegationToken",
  user: "user",
};
export const OPERATION_WORDS: readonly string[] = Object.keys(OPERATIONS);
const RESOURCE_WORDS: readonly string[] = Object.keys(RESOURCES);
const CLUSTER_NAME = "kafka-cluster";

/** A resource as it is named on the command line. */
export interface NamedResource {
  readonly resourceType: AclResourceType;
  readonly resourceName: string;
}

/** One of {@link OPERATION_WORDS}. */
export function parseOperation(text: string): AclOperation {
  return OPERATIONS[text]!;
}

/** `topic:orders`; `cluster` alone. */
export function parseResource(text: string): NamedResource {
  const colon = text.indexOf(":");
  const word = meantChoice(RESOURCE_WORDS, colon < 0 ? text : text.slice(0, colon));
  const resourceType = word === undefined ? undefined : RESOURCES[word];
  if (resourceType === undefined)
    throw new UsageError(`"${text}" is no resource; write a type and a name: ${RESOURCE_WORDS.join(", ")}, as in topic:orders.`);
  if (resourceType === "cluster") {
    if (colon >= 0 && text.slice(colon + 1) !== CLUSTER_NAME) throw new UsageError("There is one cluster: write --resource cluster.");
    return { resourceType, resourceName: CLUSTER_NAME };
  }
  const resourceName = colon < 0 ? "" : text.slice(colon + 1);
  if (resourceName === "") throw new UsageError(`"${text}" names no ${word}; write ${word}:NAME, or ${word}:* for all.`);
  return { resourceType, resourceName };
}

/** A principal with its type in front. */
export function parsePrincipal(text: string): string {
  if (!/^[^:]+:./.test(text)) throw new UsageError(`"${text}" is no principal; write its type and its name, as in User:alice.`);
  return text;
}

/** An option that must be there. */
export function required(options: ParsedOptions, name: string): string {
  const value = options.text(name);
  if (value === undefined) throw new UsageError(`--${name} is missing.`);
  return value;
}

export function resourceWord(resourceType: AclResourceType): string {
  return Object.entries(RESOURCES).find(([, type]) => type === resourceType)![0];
}

export function resourceText({ resourceType, resourceName }: NamedResource): string {
  const word = resourceWord(resourceType);
  return resourceType === "cluster" ? word : shown`${word}:${resourceName}`;
}

export function operationText(operation: AclOperation): string {
  return Object.entries(OPERATIONS).find(([, each]) => each === operation)![0];
}

/** The protocol's number. */
export function numberOfOperation(operation: AclOperation): number {
  return numberOf(OperationNumber, operation);
}

/** The protocol's number. */
export function numberOfResource(resourceType: AclResourceType): number {
  return numberOf(ResourceType, resourceType);
}

/** `describeConfigs` is DESCRIBE_CONFIGS. */
export function numberOf(numbers: Readonly<Record<string, number>>, word: string): number {
  return numbers[word.replace(/[A-Z]/g, "_$&").toUpperCase()]!;
}

/** One ACL in a line. */
export function aclText({ permission, principal, operation, host, patternType, ...resource }: Acl): string {
  const where = host === "*" ? "" : shown` from ${host}`;
  return `${permission} ${shown`${principal}`} ${operationText(operation)} ${resourceText(resource)}${patternType === "prefixed" ? " (prefix)" : ""}${where}`;
}
