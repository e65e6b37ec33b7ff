// node --import this file: what this instance tells the others of its group is of the next version, with a field that the present one does not know, as a later release would have it.
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { repositoryRoot } from "../paths.ts";

const target = pathToFileURL(`${repositoryRoot}packages/streams/src/application/assignment/member-data.ts`).href;
// Around what the present version writes, whatever that is. Tag 99, 18 bytes.
const newer = `
import * as present from ${JSON.stringify(`${target}?present`)};
export * from ${JSON.stringify(`${target}?present`)};
const field = Buffer.from("\\x63\\x12of a later release", "latin1");
const newerThan = (bytes) => {
  const newer = Buffer.concat([bytes, field]);
  newer[0] = bytes[0] + 1;
  return newer;
};
export const encodeMemberData = (...told) => newerThan(present.encodeMemberData(...told));
export const encodeAssignedData = (...told) => newerThan(present.encodeAssignedData(...told));
`;
registerHooks({
  load: (url, context, next) => (url === target ? { format: "module", source: newer, shortCircuit: true } : next(url, context)),
});
