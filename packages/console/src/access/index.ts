export { type MaskingRules, readMaskingRules } from "../masking/masking-rules.ts";
export { type ConsoleUsers, readConsoleUsers } from "./console-users.ts";
