// npm run test:token-session [-- --minutes 10 --token-seconds 10]: tokens that live shortly serve a long session, whose keys change, and the principal never does.
import { parseArgs } from "node:util";
import { serveTokenSession } from "./oauth/token-session.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, "token-seconds": { type: "string", default: "10" } },
});
const [minutes, tokenSeconds] = [Number(values.minutes), Number(values["token-seconds"])];
if (!(minutes > 0) || !(tokenSeconds >= 2)) throw new Error("--minutes is a number above 0, --token-seconds one from 2 up.");
const report = await serveTokenSession({ tokenMs: tokenSeconds * 1000, sessionMs: minutes * 60_000, keyMs: 60_000, pauseMs: 20 });
const { principals, closed, produced, consumed, tokens, logins, keyChanges } = report;
console.log(
  `${minutes} minutes by tokens of ${tokenSeconds} s: ${tokens} tokens, ${logins} logins as ${principals.join(", ")}, ${keyChanges} new keys, ${produced} records produced, ${consumed} consumed`,
);
const faults = [
  ...closed.map((reason) => `a connection was closed: ${reason}`),
  ...(principals.length === 1 ? [] : ["the principal changed"]),
];
if (consumed !== produced) faults.push(`${produced - consumed} records were not read`);
for (const fault of faults) console.log(`FAILED ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
