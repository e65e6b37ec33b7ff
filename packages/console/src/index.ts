export type { ConsoleApi } from "./api/console-api.ts";
export { type ConsoleServer, serveConsole, type ServeConsoleOptions } from "./api/serve-console.ts";
