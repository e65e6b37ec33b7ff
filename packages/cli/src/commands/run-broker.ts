import { serveUntilStopped, startBrokerProcess } from "../broker-process.ts";
import type { RunCommand } from "../command.ts";

export const runBroker: RunCommand = async (context) => {
  const broker = await startBrokerProcess(context, { defaults: [], forced: [], logLevel: "info" });
  if (broker === undefined) return 0;
  await serveUntilStopped(context, broker, `Broker ready at ${broker.bootstrap}.\n`);
  return 0;
};
