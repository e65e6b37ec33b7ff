import { type Clock, type Logger, OttlaError } from "@ottla/base";
import type { DelegationTokens } from "../../metadata/delegation-tokens.ts";
import type { MetadataController } from "../../metadata/metadata-controller.ts";
import { expiredTokens } from "./token-rules.ts";

interface ExpireDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly controller: MetadataController;
  readonly tokens: DelegationTokens;
}

/** Removes the tokens that have ended, piece by piece. Where metadata cannot be changed now, the next time will do. */
export async function expireTokens({ clock, logger, controller, tokens }: ExpireDeps): Promise<void> {
  let removed = 0;
  try {
    // Asked before, so that the journal is left alone where there is nothing to do.
    while (expiredTokens(tokens, clock.nowMs()).length > 0)
      await controller.change(() => {
        const records = expiredTokens(tokens, clock.nowMs());
        removed += records.length;
        return records;
      });
  } catch (error) {
    if (!(error instanceof OttlaError)) throw error;
    if (error.code !== "BROKER_STOPPED") logger.error("ended delegation tokens could not be removed", { error: error.message });
    return;
  }
  if (removed > 0) logger.info("delegation tokens have ended and were removed", { tokens: removed });
}
