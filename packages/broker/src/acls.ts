export { AclAuthorizer } from "./security/acls/acl-authorizer.ts";
export { AclIndex } from "./security/acls/acl-index.ts";
export { type AskedAccess, type Judgement, judgeAccess } from "./security/acls/judge-access.ts";
