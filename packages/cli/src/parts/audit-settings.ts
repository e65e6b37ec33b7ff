import type { ActionAuditSettings } from "@ottla/base";
import type { PartSettings } from "./part.ts";

/** The audit that a part's settings ask for; undefined: none. */
export function auditOf({
  auditFile,
  auditRequired,
  auditMaxBytes,
  auditKeptFiles,
}: PartSettings): { readonly audit: ActionAuditSettings } | undefined {
  if (typeof auditFile !== "string") return undefined;
  return {
    audit: {
      path: auditFile,
      isRequired: auditRequired === true,
      ...(typeof auditMaxBytes === "number" && { maxBytes: auditMaxBytes }),
      ...(typeof auditKeptFiles === "number" && { keptFiles: auditKeptFiles }),
    },
  };
}
