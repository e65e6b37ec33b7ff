export type { ConsoleApi } from "./api/console-api.ts";
export { type ConsoleUsers, type MaskingRules, readConsoleUsers, readMaskingRules } from "./access/index.ts";
export { type ConsoleServer, serveConsole, type ServeConsoleOptions } from "./api/serve-console.ts";
export type { Examiner } from "./findings/examiner.ts";
export { processExaminer } from "./findings/process-examiner.ts";
