export { type AskedAccess, type Judgement, judgeAccess } from "./security/acls/judge-access.ts";
