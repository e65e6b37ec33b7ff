/** Ours of `npm run bench -- streams`: `SHAPE OPTIONS-AS-JSON`. Runs a shape until standard input ends; tells its states on standard output, a line each. */
import { streams } from "@ottla/streams";
import { buildShape, shapeNames } from "../streams-driver/shapes.ts";

const name = shapeNames.find((each) => each === process.argv[2]);
if (name === undefined || process.argv[3] === undefined) throw new Error("usage: SHAPE OPTIONS-AS-JSON");
const options = JSON.parse(process.argv[3]);
const app = streams(buildShape(name, options.stateDir !== undefined), options);
app.onState((state) => process.stdout.write(`state ${state}\n`));
await app.start();
for await (const _ of process.stdin);
await app.close();
