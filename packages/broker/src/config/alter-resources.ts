import { type Clock, TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { type ChangeDeps, commitChange, STORAGE_MESSAGE } from "../metadata/commit-change.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import type { ConfigDecision } from "./config-change.ts";
import {
  type ConfigHolder,
  type ConfigResource,
  judgeChange,
  repeatedResources,
  type ResolvedChange,
  resolveResource,
} from "./config-resource.ts";

/** Who asks, and at which virtual broker. */
export interface ConfigAsker {
  readonly broker: ConfigHolder & ChangeDeps & { readonly clock: Clock };
  readonly session: { readonly nodeId: number };
}

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
  asker: ConfigAsker,
  resources: readonly Resource[],
  validateOnly: boolean,
  decide: (asked: Resource, resource: ConfigResource) => ConfigDecision,
): Promise<AlteredResource[]> {
  const repeated = repeatedResources(resources);
  let answers: AlteredResource[] = [];
  const decideAll = async (slice: TimeSlice): Promise<MetadataRecord[]> => {
    answers = [];
    const records: MetadataRecord[] = [];
    for (const asked of resources) {
      if (slice.isOver) await slice.rest();
      const judged = repeated.has(`${asked.resourceType}:${asked.resourceName}`) ? NAMED_TWICE : change(asker, asked, decide);
      const outcome = judged.ok && isOfBroker(judged.record) ? await guarded(asker.broker, judged.record) : judged;
      if (outcome.ok) records.push(outcome.record);
      answers.push(outcome.ok ? answer(asked, ErrorCode.NONE, null) : answer(asked, outcome.errorCode, outcome.message));
    }
    return records;
  };
  if (validateOnly) {
    await decideAll(new TimeSlice(asker.broker.clock));
    return answers;
  }
  const errorCode = await commitChange(asker.broker, decideAll);
  if (errorCode === ErrorCode.NONE) return answers;
  // Nothing was decided where the journal had failed before.
  if (answers.length === 0) return resources.map((asked) => answer(asked, errorCode, STORAGE_MESSAGE));
  return answers.map((given) => (given.errorCode === ErrorCode.NONE ? answer(given, errorCode, STORAGE_MESSAGE) : given));
}

const NAMED_TWICE: ResolvedChange = { ok: false, errorCode: ErrorCode.INVALID_REQUEST, message: "Each resource may be named once." };

function change<Resource extends NamedResource>(
  { broker, session }: ConfigAsker,
  asked: Resource,
  decide: (asked: Resource, resource: ConfigResource) => ConfigDecision,
): ResolvedChange {
  const resource = resolveResource(broker, session.nodeId, asked.resourceType, asked.resourceName);
  return resource.ok ? judgeChange(broker, resource, decide(asked, resource)) : resource;
}

type BrokerConfigs = Extract<MetadataRecord, { readonly kind: "configs" }>;

function isOfBroker(record: MetadataRecord): record is BrokerConfigs {
  return record.kind === "configs" && record.resource === "broker";
}

/** What is kept in files cannot be judged by the value alone. Errors: INVALID_REQUEST, as in Kafka. */
async function guarded({ config, metadata }: ConfigHolder, record: BrokerConfigs): Promise<ResolvedChange> {
  const before = metadata.configs("broker", record.name);
  const after = new Map(Object.entries(record.configs));
  const isSecurity = [...before.keys(), ...after.keys()].some((name) => SECURITY_KEY.test(name) && before.get(name) !== after.get(name));
  const message = isSecurity ? await config.brokerGuard?.(record.name, after) : undefined;
  return message === undefined ? { ok: true, record } : { ok: false, errorCode: ErrorCode.INVALID_REQUEST, message };
}

/** Settings of certificates and logins, of a listener or of all. */
const SECURITY_KEY = /(?:^|\.)(?:ssl|sasl)\./;

function answer({ resourceType, resourceName }: NamedResource, errorCode: number, errorMessage: string | null): AlteredResource {
  return { resourceType, resourceName, errorCode, errorMessage };
}
