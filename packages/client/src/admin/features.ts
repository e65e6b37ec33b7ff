import { apiVersionsApi } from "@ottla/protocol/apis/api-versions";
import { makeFeatureUpdateKey, makeUpdateFeaturesRequest, updateFeaturesApi } from "@ottla/protocol/apis/update-features";
import { versionsRequest } from "../net/handshake.ts";
import { outcomeOf, throwIfRefused } from "../outcome.ts";
import type { CallOptions } from "../options/call-options.ts";
import { type AdminContext, askController, serverTimeoutMs } from "./admin-context.ts";
import type { Named } from "./admin-types.ts";
import type { FeaturesDescription, FeatureUpdate } from "./feature-types.ts";

/** Kinds of change since version 1, and the levels' refusals by feature until version 1. */
const upgradeTypes = { upgrade: 1, safeDowngrade: 2, unsafeDowngrade: 3 } as const;
const TYPES_VERSION = 1;

/** Asked of any broker anew: what it told at the handshake of its connection may be long ago. */
export function describeFeatures({ cluster, lane }: AdminContext, options: CallOptions = {}): Promise<FeaturesDescription> {
  const limit = cluster.limit(options);
  return cluster.retrying("ApiVersions", limit, async () => {
    const response = await lane.callAny(apiVersionsApi, versionsRequest, { limit });
    throwIfRefused(response.errorCode);
    return {
      supported: new Map(
        response.supportedFeatures.map(({ name, minVersion, maxVersion }) => [name, { minLevel: minVersion, maxLevel: maxVersion }]),
      ),
      finalized: new Map(response.finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel])),
      finalizedEpoch: response.finalizedFeaturesEpoch < 0 ? undefined : response.finalizedFeaturesEpoch,
    };
  });
}

export function updateFeatures(
  context: AdminContext,
  updates: readonly FeatureUpdate[],
  options: CallOptions & { readonly validateOnly?: boolean } = {},
): Promise<readonly Named<void>[]> {
  const featureUpdates = updates.map(({ name, level, type = "upgrade" }) =>
    makeFeatureUpdateKey({ feature: name, maxVersionLevel: level, upgradeType: upgradeTypes[type] }),
  );
  const request = makeUpdateFeaturesRequest({
    featureUpdates,
    validateOnly: options.validateOnly ?? false,
    timeoutMs: serverTimeoutMs(context, options),
  });
  return askController(
    context,
    updateFeaturesApi,
    () => request,
    (response) => {
      const results = new Map(response.results.map((each) => [each.feature, each]));
      // Since version 2 one refusal is that of the whole call.
      if (results.size === 0) throwIfRefused(response.errorCode, response.errorMessage);
      return updates.map(({ name }) => {
        const result = results.get(name) ?? response;
        return { name, ...outcomeOf(result.errorCode, result.errorMessage, () => undefined) };
      });
    },
    { ...options, min: TYPES_VERSION },
  );
}
