import type { ActionAuditSettings } from "@ottla/base";
import type { PartSettings } from "./part.ts";

/** The audit that a part's settings ask for; undefined: none. */
export function auditOf({
  auditFile,
  auditTopic,
  auditRequired,
  auditMaxBytes,
  auditKeptFiles,
}: PartSettings): { readonly audit: ActionAuditSettings } | undefined {
  if (typeof auditFile !== "string" && typeof auditTopic !== "string") return undefined;
  return {
    audit: {
      ...(typeof auditFile === "string" && { path: auditFile }),
      ...(typeof auditTopic === "string" && { topic: auditTopic }),
      isRequired: auditRequired === true,
      ...(typeof auditMaxBytes === "number" && { maxBytes: auditMaxBytes }),
      ...(typeof auditKeptFiles === "number" && { keptFiles: auditKeptFiles }),
    },
  };
}
