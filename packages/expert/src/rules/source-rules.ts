import { sourceClientRules } from "./source-client-rules.ts";
import { sourceConsumingRules } from "./source-consuming-rules.ts";
import type { SourceRule } from "./source-rule.ts";
import { sourceSendingRules } from "./source-sending-rules.ts";

/** Every rule over sources. */
export const sourceRules: readonly SourceRule[] = [...sourceClientRules, ...sourceSendingRules, ...sourceConsumingRules];
