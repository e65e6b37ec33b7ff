import type { EffectiveConfig } from "../config/effective-config.ts";

/**
 * How long Kafka looks back to measure what clients use, by `quota.window.num` and `quota.window.size.seconds`. It measures over the windows that are full, so that as much as those
 * together allow may be used at once. Source: Kafka's Rate and ClientQuotaManager.
 */
export class QuotaWindows {
  /** One window. Nobody is told to be quiet for longer because of time or connections. */
  readonly sizeMs: number;
  /** What may be used at once, as time at the full rate. A single window is full at once, and so allows nothing beforehand. */
  readonly burstMs: number;

  constructor(config: EffectiveConfig) {
    this.sizeMs = config.number("quota.window.size.seconds") * 1000;
    this.burstMs = (config.number("quota.window.num") - 1) * this.sizeMs;
  }
}
