// DescribeClientQuotas v0-1 (KIP-546).
import { TimeSlice } from "@ottla/base";
import { ErrorCode, errorInfo, madeWhenWritten } from "@ottla/protocol";
import {
  type ComponentData,
  type DescribeClientQuotasRequest,
  type DescribeClientQuotasResponse,
  describeClientQuotasApi,
  makeDescribeClientQuotasResponse,
  makeEntityData,
  makeEntryData,
  makeValueData,
} from "@ottla/protocol/apis/describe-client-quotas";
import { ofCluster } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import type { ClientQuota, QuotaEntity } from "../metadata/client-quotas.ts";
import { matchesEntity, namedParts, type PartFilter, quotaField } from "../quotas/client-quota-rules.ts";

const EXACT = 0;
const DEFAULT = 1;
const ANY = 2;

export const describeClientQuotasHandler: Handler<DescribeClientQuotasRequest, DescribeClientQuotasResponse> = {
  api: describeClientQuotasApi,
  minVersion: 0,
  maxVersion: 1,
  authorisation: ofCluster("DESCRIBE_CONFIGS", (errorCode) => refused(errorCode, errorInfo(errorCode).message)),

  async handle({ broker }, { components, strict }) {
    const filter = new Map<keyof QuotaEntity, PartFilter>();
    for (const component of components) {
      const field = quotaField(component.entityType);
      if (component.entityType === "") return refused(ErrorCode.INVALID_REQUEST, "Invalid empty entity type.");
      if (field === undefined) return refused(ErrorCode.UNSUPPORTED_VERSION, `Unsupported entity type ${component.entityType}`);
      if (filter.has(field))
        return refused(ErrorCode.INVALID_REQUEST, `Entity type ${component.entityType} cannot appear more than once in the filter.`);
      const wanted = wantedBy(component);
      if (typeof wanted === "string") return refused(ErrorCode.INVALID_REQUEST, wanted);
      filter.set(field, wanted);
    }
    if (filter.has("ip") && filter.size > 1)
      return refused(ErrorCode.INVALID_REQUEST, "An IP filter component should not be used with user or clientId filter component.");
    const found: ClientQuota[] = [];
    const slice = new TimeSlice(broker.clock);
    for (const quota of [...broker.metadata.clientQuotas()]) {
      if (matchesEntity(quota, filter, strict)) found.push(quota);
      if (slice.isOver) await slice.rest();
    }
    const entries = madeWhenWritten(found, ({ entity, limits }) =>
      makeEntryData({
        entity: namedParts(entity).map((part) => makeEntityData(part)),
        values: Object.entries(limits).map(([key, value]) => makeValueData({ key, value })),
      }),
    );
    return makeDescribeClientQuotasResponse({ entries });
  },
};

/** A text says why it is no filter. */
function wantedBy({ matchType, match }: ComponentData): PartFilter | string {
  if (matchType === EXACT) return match === null ? "An exact match needs a name." : { kind: "exact", name: match };
  if (matchType !== DEFAULT && matchType !== ANY) return `Unknown match type ${matchType}`;
  if (match !== null) return "Only an exact match has a name.";
  return matchType === DEFAULT ? { kind: "exact", name: null } : { kind: "any" };
}

function refused(errorCode: number, errorMessage: string): DescribeClientQuotasResponse {
  return makeDescribeClientQuotasResponse({ errorCode, errorMessage, entries: null });
}
