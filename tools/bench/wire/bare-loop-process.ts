// The bare loop as a process of its own, told by JSON in its first argument; prints its port.
import { type BareLoopOptions, startBareLoop } from "./bare-loop.ts";

const loop = await startBareLoop(JSON.parse(process.argv[2] ?? "{}") as BareLoopOptions);
process.stdout.write(`${loop.port}\n`);
process.on("SIGTERM", () => process.exit(0));
