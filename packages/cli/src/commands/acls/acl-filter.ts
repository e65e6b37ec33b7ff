import type { AclFilter } from "@ottla/client";
import type { ParsedOptions } from "../../command.ts";
import { parseOperation, parsePrincipal, parseResource } from "./acl-words.ts";

/** The options of a command as a filter; what is left out is left out. */
export function filterOf(options: ParsedOptions): AclFilter {
  const principal = options.text("principal");
  const operation = options.text("operation");
  const resource = options.text("resource");
  const host = options.text("host");
  return {
    ...(principal !== undefined && { principal: parsePrincipal(principal) }),
    ...(operation !== undefined && { operation: parseOperation(operation) }),
    ...(resource !== undefined && parseResource(resource)),
    ...(host !== undefined && { host }),
  };
}
