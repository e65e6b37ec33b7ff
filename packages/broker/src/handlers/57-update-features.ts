// UpdateFeatures v0-2. KIP-584, v1: upgrade type and validateOnly (KIP-778), v2: one error for all.
import { ErrorCode, errorInfo } from "@ottla/protocol";
import {
  type FeatureUpdateKey,
  makeUpdatableFeatureResult,
  makeUpdateFeaturesResponse,
  type UpdateFeaturesRequest,
  type UpdateFeaturesResponse,
  updateFeaturesApi,
} from "@ottla/protocol/apis/update-features";
import { ofCluster } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { decideFeatureUpdates, type FeatureChange, type FeatureUpdateOutcome } from "../metadata/cluster-features.ts";
import { commitChange, STORAGE_MESSAGE } from "../metadata/commit-change.ts";

export const updateFeaturesHandler: Handler<UpdateFeaturesRequest, UpdateFeaturesResponse> = {
  api: updateFeaturesApi,
  minVersion: 0,
  maxVersion: 2,
  authorisation: ofCluster("ALTER", (errorCode) => makeUpdateFeaturesResponse({ errorCode, errorMessage: errorInfo(errorCode).message })),

  async handle({ broker, version }, { featureUpdates, validateOnly }) {
    const changes = featureUpdates.map((update) => changeOf(update, version));
    let refusal: Extract<FeatureUpdateOutcome, { readonly kind: "refused" }> | undefined;
    const storageError = await commitChange(broker, () => {
      const outcome = decideFeatureUpdates(broker.metadata, changes);
      if (outcome.kind === "change") return validateOnly ? [] : outcome.records;
      refusal = outcome;
      return [];
    });
    if (storageError !== ErrorCode.NONE) return makeUpdateFeaturesResponse({ errorCode: storageError, errorMessage: STORAGE_MESSAGE });
    const { errorCode, message } = refusal ?? { errorCode: ErrorCode.NONE, message: null };
    if (errorCode !== ErrorCode.NONE) return makeUpdateFeaturesResponse({ errorCode, errorMessage: message });
    const results = version < 2 ? changes.map(({ feature }) => makeUpdatableFeatureResult({ feature })) : [];
    return makeUpdateFeaturesResponse({ results });
  },
};

/** Version 0 says whether a level may sink, and no more. */
function changeOf({ feature, maxVersionLevel, allowDowngrade, upgradeType }: FeatureUpdateKey, version: number): FeatureChange {
  return { feature, maxVersionLevel, upgradeType: version > 0 ? upgradeType : allowDowngrade ? 2 : 1 };
}
