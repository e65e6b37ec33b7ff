import { sourceClientRules } from "./source-client-rules.ts";
import { sourceConsumingRules } from "./source-consuming-rules.ts";
import type { SourceRule } from "./source-rule.ts";
import { sourceHandlingRules } from "./source-handling-rules.ts";
import { sourceLiteralRules } from "./source-literal-rules.ts";
import { sourceRecordRules } from "./source-record-rules.ts";
import { sourceSendingRules } from "./source-sending-rules.ts";
import { sourceStreamsRules } from "./source-streams-rules.ts";
import { sourceTransactionRules } from "./source-transaction-rules.ts";

/** Every rule over sources. */
export const sourceRules: readonly SourceRule[] = [
  ...sourceClientRules,
  ...sourceSendingRules,
  ...sourceConsumingRules,
  ...sourceRecordRules,
  ...sourceLiteralRules,
  ...sourceHandlingRules,
  ...sourceTransactionRules,
  ...sourceStreamsRules,
];
