import { AclOperation, operationsOf, PatternType, ResourceType } from "@ottla/protocol";
import { createAclsApi, makeAclCreation, makeCreateAclsRequest } from "@ottla/protocol/apis/create-acls";
import { deleteAclsApi, makeDeleteAclsFilter, makeDeleteAclsRequest } from "@ottla/protocol/apis/delete-acls";
import { describeAclsApi, makeDescribeAclsRequest } from "@ottla/protocol/apis/describe-acls";
import type { Probe } from "../answers/probe.ts";
import { waitUntil } from "../process/wait-until.ts";

/** The address that asks, and that ACLs name; the cluster's own connections come from another. */
export const GUARDED_HOST = "127.0.0.9";
const OWN_HOST = "127.0.0.1";
const ANYBODY = "User:ANONYMOUS";

/** What one row of the table allows to whoever asks from {@link GUARDED_HOST}. */
export interface AclCell {
  readonly name: string;
  readonly acls: readonly CellAcl[];
}

interface CellAcl {
  readonly resourceType: number;
  /** Undefined: the cluster. */
  readonly resource?: string;
  readonly operation: number;
  readonly isPrefix?: true;
  readonly isDeny?: true;
  readonly isWildcard?: true;
}

const RESOURCES: readonly (readonly [string, number, string | undefined])[] = [
  ["topic", ResourceType.TOPIC, "seen"],
  ["group", ResourceType.GROUP, "group"],
  ["cluster", ResourceType.CLUSTER, undefined],
  ["transactional id", ResourceType.TRANSACTIONAL_ID, "transactional"],
];

const operationName = (operation: number): string => Object.entries(AclOperation).find(([, each]) => each === operation)![0];
const acl = (resourceType: number, resource: string | undefined, operation: number, more: Partial<CellAcl> = {}): CellAcl => ({
  resourceType,
  ...(resource !== undefined && { resource }),
  operation,
  ...more,
});
const everything = RESOURCES.map(([, type, resource]) => acl(type, resource, AclOperation.ALL, { isWildcard: true }));

/** Nothing; each operation on each type of resource alone; what some clients have; and everything, also with something taken out. */
export const aclCells: readonly AclCell[] = [
  { name: "nothing", acls: [] },
  ...RESOURCES.flatMap(([word, type, resource]) =>
    operationsOf(type).map((operation) => ({ name: `${operationName(operation)} on the ${word}`, acls: [acl(type, resource, operation)] })),
  ),
  {
    name: "a consumer's: READ on the topic and the group",
    acls: [acl(ResourceType.TOPIC, "seen", AclOperation.READ), acl(ResourceType.GROUP, "group", AclOperation.READ)],
  },
  {
    name: "a transactional producer's, of one topic",
    acls: [
      acl(ResourceType.TOPIC, "seen", AclOperation.WRITE),
      acl(ResourceType.TRANSACTIONAL_ID, "transactional", AclOperation.WRITE),
      acl(ResourceType.GROUP, "group", AclOperation.READ),
    ],
  },
  { name: "CREATE on topics by prefix", acls: [acl(ResourceType.TOPIC, "seen", AclOperation.CREATE, { isPrefix: true })] },
  {
    name: "CREATE and DESCRIBE on topics by prefix",
    acls: [AclOperation.CREATE, AclOperation.DESCRIBE].map((operation) => acl(ResourceType.TOPIC, "seen", operation, { isPrefix: true })),
  },
  { name: "DELETE on topics by prefix", acls: [acl(ResourceType.TOPIC, "seen", AclOperation.DELETE, { isPrefix: true })] },
  {
    name: "DELETE by prefix, DESCRIBE everywhere",
    acls: [
      acl(ResourceType.TOPIC, "seen", AclOperation.DELETE, { isPrefix: true }),
      acl(ResourceType.TOPIC, "seen", AclOperation.DESCRIBE, { isWildcard: true }),
    ],
  },
  { name: "ALL on every topic", acls: [acl(ResourceType.TOPIC, "seen", AclOperation.ALL, { isWildcard: true })] },
  { name: "everything", acls: everything },
  { name: "everything but READ on the topic", acls: [...everything, acl(ResourceType.TOPIC, "seen", AclOperation.READ, { isDeny: true })] },
  {
    name: "everything but DESCRIBE on the topic",
    acls: [...everything, acl(ResourceType.TOPIC, "seen", AclOperation.DESCRIBE, { isDeny: true })],
  },
];

/** Opens the cluster to itself; from here on every resource has ACLs, and others are let in by them alone. */
export async function closeToOthers(admin: Probe): Promise<void> {
  const types = [...RESOURCES.map(([, type]) => type), ResourceType.DELEGATION_TOKEN, ResourceType.USER];
  const creations = types.map((resourceType) =>
    makeAclCreation({
      resourceType,
      resourceName: resourceType === ResourceType.CLUSTER ? "kafka-cluster" : "*",
      resourcePatternType: PatternType.LITERAL,
      principal: ANYBODY,
      host: OWN_HOST,
      operation: AclOperation.ALL,
      permissionType: 3,
    }),
  );
  await create(admin, creations);
  await waitUntil("the cluster's own ACLs count", async () => (await aclCount(admin, OWN_HOST)) === types.length);
}

/** Lets {@link GUARDED_HOST} do what the cell says, and nothing else. */
export async function applyCell(admin: Probe, { acls }: AclCell): Promise<void> {
  const filters = [makeDeleteAclsFilter({ ...ANY, hostFilter: GUARDED_HOST })];
  await admin.raw(deleteAclsApi, 3, makeDeleteAclsRequest({ filters }));
  await waitUntil("the last cell's ACLs are gone", async () => (await aclCount(admin, GUARDED_HOST)) === 0);
  if (acls.length === 0) return;
  const creations = acls.map(({ resourceType, resource, operation, isPrefix, isDeny, isWildcard }) =>
    makeAclCreation({
      resourceType,
      resourceName: resource === undefined ? "kafka-cluster" : isWildcard ? "*" : isPrefix ? resource : admin.named(resource),
      resourcePatternType: isPrefix ? PatternType.PREFIXED : PatternType.LITERAL,
      principal: ANYBODY,
      host: GUARDED_HOST,
      operation,
      permissionType: isDeny ? 2 : 3,
    }),
  );
  await create(admin, creations);
  await waitUntil("the cell's ACLs count", async () => (await aclCount(admin, GUARDED_HOST)) === acls.length);
}

const ANY = {
  resourceTypeFilter: 1,
  resourceNameFilter: null,
  patternTypeFilter: 1,
  principalFilter: null,
  operation: 1,
  permissionType: 1,
};

async function create(admin: Probe, creations: ReturnType<typeof makeAclCreation>[]): Promise<void> {
  const answer = await admin.raw(createAclsApi, 3, makeCreateAclsRequest({ creations }));
  if (typeof answer === "string" || answer.results.some(({ errorCode }) => errorCode !== 0))
    throw new Error(`ACLs were not made: ${JSON.stringify(answer)}`);
}

async function aclCount(admin: Probe, hostFilter: string): Promise<number> {
  const answer = await admin.raw(describeAclsApi, 3, makeDescribeAclsRequest({ ...ANY, hostFilter }));
  return typeof answer === "string" ? -1 : answer.resources.reduce((count, { acls }) => count + acls.length, 0);
}
