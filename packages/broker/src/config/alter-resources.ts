import { ErrorCode } from "@ottla/protocol";
import type { RequestContext } from "../handler.ts";
import { commitRecords, STORAGE_MESSAGE } from "../metadata/commit-records.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import type { ConfigDecision } from "./config-change.ts";
import { type ConfigResource, judgeChange, repeatedResources, resolveResource } from "./config-resource.ts";

interface NamedResource {
  readonly resourceType: number;
  readonly resourceName: string;
}

/** The answer for one resource. */
export interface AlteredResource extends NamedResource {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

/**
 * Changes the settings of each resource of a request on its own: one that is refused does not hold back the others. A resource named twice is
 * refused each time. Resolves when the changes are on the disk.
 */
export async function alterResources<Resource extends NamedResource>(
  context: RequestContext,
  resources: readonly Resource[],
  validateOnly: boolean,
  decide: (asked: Resource, resource: ConfigResource) => ConfigDecision,
): Promise<AlteredResource[]> {
  const { broker, nodeId } = context;
  const repeated = repeatedResources(resources);
  const records: MetadataRecord[] = [];
  const answers = resources.map((asked) => {
    const { resourceType, resourceName } = asked;
    const answer = (errorCode: number, errorMessage: string | null) => ({ resourceType, resourceName, errorCode, errorMessage });
    if (repeated.has(`${resourceType}:${resourceName}`)) return answer(ErrorCode.INVALID_REQUEST, "Each resource may be named once.");
    const resource = resolveResource(broker, nodeId, resourceType, resourceName);
    if (!resource.ok) return answer(resource.errorCode, resource.message);
    const change = judgeChange(broker, resource, decide(asked, resource));
    if (!change.ok) return answer(change.errorCode, change.message);
    records.push(change.record);
    return answer(ErrorCode.NONE, null);
  });
  if (validateOnly || records.length === 0) return answers;
  const errorCode = await commitRecords(broker, records);
  if (errorCode === ErrorCode.NONE) return answers;
  return answers.map((answer) => (answer.errorCode === ErrorCode.NONE ? { ...answer, errorCode, errorMessage: STORAGE_MESSAGE } : answer));
}
