/**
 * `npm run build:console`: builds the console's pages into `packages/cli/dist/console-ui`, from where the console serves them, in a checkout and in the packed package. Built anew only where a source is newer than what
 * was built. The bundle does it too.
 */
import { buildConsole } from "./console-pages.ts";

await buildConsole();
