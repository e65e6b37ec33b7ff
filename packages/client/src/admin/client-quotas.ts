import { ErrorCode } from "@ottla/protocol";
import {
  alterClientQuotasApi,
  makeAlterClientQuotasRequest,
  makeAlterClientQuotasRequestEntityData,
  makeAlterClientQuotasRequestEntryData,
  makeOpData,
} from "@ottla/protocol/apis/alter-client-quotas";
import { describeClientQuotasApi, makeComponentData, makeDescribeClientQuotasRequest } from "@ottla/protocol/apis/describe-client-quotas";
import type { Outcome } from "../outcome.ts";
import { outcomeOf, throwIfRefused } from "../outcome.ts";
import type { CallOptions } from "../options/call-options.ts";
import { type AdminContext, askAnyBroker, askController } from "./admin-context.ts";
import type { ClientQuotas, QuotaChange, QuotaEntity, QuotaFilter, QuotaMatch } from "./quota-types.ts";

/** As they stand on the wire, in the order of ours. */
const wireTypes = { user: "user", clientId: "client-id", ip: "ip" } as const;
const parts = Object.keys(wireTypes) as (keyof typeof wireTypes)[];

const matchTypes = { exact: 0, default: 1, any: 2 } as const;

export function describeClientQuotas(
  context: AdminContext,
  filter: QuotaFilter = {},
  options: CallOptions = {},
): Promise<readonly ClientQuotas[]> {
  const components = parts.flatMap((part) => {
    const match = filter[part];
    return match === undefined ? [] : [makeComponentData({ entityType: wireTypes[part], ...matchOnWire(match) })];
  });
  const request = makeDescribeClientQuotasRequest({ components, strict: filter.strict ?? false });
  return askAnyBroker(
    context,
    describeClientQuotasApi,
    () => request,
    ({ errorCode, errorMessage, entries }) => {
      throwIfRefused(errorCode, errorMessage);
      return (entries ?? []).map(({ entity, values }) => ({
        entity: entityOf(entity),
        quotas: new Map(values.map(({ key, value }) => [key, value])),
      }));
    },
    options,
  );
}

export function alterClientQuotas(
  context: AdminContext,
  alterations: readonly { readonly entity: QuotaEntity; readonly changes: readonly QuotaChange[] }[],
  options: CallOptions & { readonly validateOnly?: boolean } = {},
): Promise<readonly ({ readonly entity: QuotaEntity } & Outcome<void>)[]> {
  const entries = alterations.map(({ entity, changes }) =>
    makeAlterClientQuotasRequestEntryData({
      entity: parts.flatMap((part) => {
        const entityName = entity[part];
        return entityName === undefined ? [] : [makeAlterClientQuotasRequestEntityData({ entityType: wireTypes[part], entityName })];
      }),
      ops: changes.map((change) =>
        makeOpData(change.op === "set" ? { key: change.name, value: change.value } : { key: change.name, remove: true }),
      ),
    }),
  );
  const request = makeAlterClientQuotasRequest({ entries, validateOnly: options.validateOnly ?? false });
  return askController(
    context,
    alterClientQuotasApi,
    () => request,
    (response) => {
      const results = new Map(response.entries.map((each) => [keyOf(entityOf(each.entity)), each]));
      return alterations.map(({ entity }) => {
        const result = results.get(keyOf(entity));
        return { entity, ...outcomeOf(result?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR, result?.errorMessage, () => undefined) };
      });
    },
    options,
  );
}

function matchOnWire(match: QuotaMatch): { readonly matchType: number; readonly match: string | null } {
  if (typeof match === "string") return { matchType: matchTypes[match], match: null };
  return { matchType: matchTypes.exact, match: match.name };
}

function entityOf(entity: readonly { readonly entityType: string; readonly entityName: string | null }[]): QuotaEntity {
  return Object.fromEntries(
    parts.flatMap((part) => {
      const found = entity.find(({ entityType }) => entityType === wireTypes[part]);
      return found === undefined ? [] : [[part, found.entityName] as const];
    }),
  );
}

function keyOf(entity: QuotaEntity): string {
  return JSON.stringify(parts.map((part) => entity[part] ?? (entity[part] === null ? [] : 0)));
}
