// AlterClientQuotas v0-1 (KIP-546). Entities are changed each on its own; one that is named twice is refused.
import { ErrorCode, errorInfo } from "@ottla/protocol";
import {
  type AlterClientQuotasRequest,
  type AlterClientQuotasRequestEntryData,
  type AlterClientQuotasResponse,
  alterClientQuotasApi,
  makeAlterClientQuotasResponse,
  makeAlterClientQuotasResponseEntityData,
  makeAlterClientQuotasResponseEntryData,
} from "@ottla/protocol/apis/alter-client-quotas";
import { ofCluster } from "../authorisation.ts";
import type { BrokerState } from "../broker-state.ts";
import type { Handler } from "../handler.ts";
import { type ClientQuota, quotaKey } from "../metadata/client-quotas.ts";
import { commitChange, STORAGE_MESSAGE } from "../metadata/commit-change.ts";
import { decideLimits, parseEntity, QUOTA_ENTITIES_MAX } from "../quotas/client-quota-rules.ts";

export const alterClientQuotasHandler: Handler<AlterClientQuotasRequest, AlterClientQuotasResponse> = {
  api: alterClientQuotasApi,
  minVersion: 0,
  maxVersion: 1,
  authorisation: ofCluster("ALTER_CONFIGS", (errorCode, { entries }) => answered(entries, () => [errorCode, errorInfo(errorCode).message])),

  async handle({ broker }, { entries, validateOnly }) {
    let faults: (string | undefined)[] = [];
    const decide = () => {
      const decided = decideAll(broker, entries);
      faults = decided.faults;
      return validateOnly ? [] : decided.changed.map((quota) => ({ kind: "client-quota" as const, ...quota }));
    };
    const committed = await commitChange(broker, decide);
    return answered(entries, (at) => {
      const fault = faults[at];
      if (fault !== undefined) return [ErrorCode.INVALID_REQUEST, fault];
      return [committed, committed === ErrorCode.NONE ? null : STORAGE_MESSAGE];
    });
  },
};

function decideAll({ metadata }: BrokerState, entries: readonly AlterClientQuotasRequestEntryData[]) {
  const faults: (string | undefined)[] = [];
  const changed = new Map<string, ClientQuota>();
  for (const { entity: parts, ops } of entries) {
    const parsed = parseEntity(parts);
    if (!parsed.ok) {
      faults.push(parsed.message);
      continue;
    }
    const { entity } = parsed;
    const key = quotaKey(entity);
    const decided = decideLimits(metadata.limitsOf(entity), entity, ops);
    if (changed.has(key)) faults.push("The entity is named more than once.");
    else if (!decided.ok) faults.push(decided.message);
    else if (metadata.clientQuotaCount + changed.size >= QUOTA_ENTITIES_MAX && Object.keys(decided.limits).length > 0)
      faults.push(`At most ${QUOTA_ENTITIES_MAX} entities may have quotas; use defaults.`);
    else {
      faults.push(undefined);
      changed.set(key, { entity, limits: decided.limits });
    }
  }
  return { faults, changed: [...changed.values()] };
}

function answered(
  entries: readonly AlterClientQuotasRequestEntryData[],
  errorOf: (at: number) => readonly [errorCode: number, errorMessage: string | null],
): AlterClientQuotasResponse {
  return makeAlterClientQuotasResponse({
    entries: entries.map(({ entity }, at) => {
      const [errorCode, errorMessage] = errorOf(at);
      return makeAlterClientQuotasResponseEntryData({
        errorCode,
        errorMessage,
        entity: entity.map((part) => makeAlterClientQuotasResponseEntityData(part)),
      });
    }),
  });
}
