/**
 * `npm run dev:console`: the console's pages with hot reload, over the API of a console that runs. `-- --api URL` names it (http://127.0.0.1:8080, where `npm start` serves it), `-- --port N` the pages' own port (5173).
 */
import { parseArgs } from "node:util";
import { devConsole } from "./console-pages.ts";

const { values } = parseArgs({
  options: { api: { type: "string", default: "http://127.0.0.1:8080" }, port: { type: "string", default: "5173" } },
});
const url = await devConsole(values.api, Number(values.port));
console.log(`The pages are at ${url}, the API is that of ${values.api}. Ctrl-C stops them.`);
