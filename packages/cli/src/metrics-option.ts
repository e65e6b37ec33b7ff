import type { CommandContext } from "./command.ts";
import type { BrokerPart } from "./parts/broker-part.ts";
import type { PartPlan } from "./parts/part-runner.ts";
import { PORT_MAX } from "./port-max.ts";

/** What `--metrics-port` asks for: nothing, or the endpoint that shows this broker. To be started before it. */
export async function metricsParts({ options }: CommandContext, broker: BrokerPart): Promise<PartPlan[]> {
  const port = options.integer("metrics-port", 0, PORT_MAX);
  if (port === undefined) return [];
  const { metricsPlan } = await import("./parts/metrics-part.ts");
  return [metricsPlan(port, () => broker.running())];
}

/** The line about the endpoint that runs; "" where there is none. */
export function metricsNote(address: string | undefined): string {
  return address === undefined ? "" : `Metrics at ${address}/metrics, health at ${address}/health and ${address}/ready.\n`;
}
