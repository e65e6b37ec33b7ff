// UpdateFeatures v0-2. KIP-584, v1: upgrade type and validateOnly (KIP-778), v2: one error for all. Every feature has one level, so that nothing ever changes.
import {
  makeUpdatableFeatureResult,
  makeUpdateFeaturesResponse,
  type UpdateFeaturesRequest,
  type UpdateFeaturesResponse,
  updateFeaturesApi,
} from "@ottla/protocol/apis/update-features";
import type { Handler } from "../handler.ts";
import { decideFeatureUpdate } from "../metadata/cluster-features.ts";

export const updateFeaturesHandler: Handler<UpdateFeaturesRequest, UpdateFeaturesResponse> = {
  api: updateFeaturesApi,
  minVersion: 0,
  maxVersion: 2,

  handle({ version }, { featureUpdates }) {
    const outcomes = featureUpdates.map(({ feature, maxVersionLevel }) => ({
      feature,
      outcome: decideFeatureUpdate(feature, maxVersionLevel),
    }));
    for (const { outcome } of outcomes) {
      if ("message" in outcome) return makeUpdateFeaturesResponse({ errorCode: outcome.errorCode, errorMessage: outcome.message });
    }
    const results = version < 2 ? outcomes.map(({ feature }) => makeUpdatableFeatureResult({ feature })) : [];
    return makeUpdateFeaturesResponse({ results });
  },
};
