import type { AclBinding } from "@ottla/protocol";
import type { HostMatch } from "./acl-host.ts";

/** An ACL with what is known of it beforehand, so that a check makes nothing. */
export interface IndexedAcl {
  readonly acl: AclBinding;
  readonly isDeny: boolean;
  readonly range: HostMatch | undefined;
}
