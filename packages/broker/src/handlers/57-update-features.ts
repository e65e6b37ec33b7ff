// UpdateFeatures v0-2. KIP-584, v1: upgrade type and validateOnly (KIP-778), v2: one error for all. No feature is served yet (see ApiVersions), so each one
// named is refused with INVALID_UPDATE_VERSION and none is changed.
import { ErrorCode } from "@ottla/protocol";
import {
  makeUpdateFeaturesResponse,
  type UpdateFeaturesRequest,
  type UpdateFeaturesResponse,
  updateFeaturesApi,
} from "@ottla/protocol/apis/update-features";
import type { Handler } from "../handler.ts";

export const updateFeaturesHandler: Handler<UpdateFeaturesRequest, UpdateFeaturesResponse> = {
  api: updateFeaturesApi,
  minVersion: 0,
  maxVersion: 2,

  handle(_context, { featureUpdates }) {
    const first = featureUpdates[0];
    if (!first) return makeUpdateFeaturesResponse();
    const errorMessage = `No feature was changed: this broker has no feature ${first.feature} whose level could be ${first.maxVersionLevel}.`;
    return makeUpdateFeaturesResponse({ errorCode: ErrorCode.INVALID_UPDATE_VERSION, errorMessage });
  },
};
