import { resolve } from "node:path";
import { boundHeapGrowth } from "@ottla/base/node";
import { clientOptionsFromProperties } from "@ottla/client";
import { clientProperties } from "../client-properties.ts";
import { type CommandContext, type RunCommand, UsageError } from "../command.ts";
import { clusterAddress, withClient } from "../connect-client.ts";
import { connectNote, connectPlans } from "../connect-plans.ts";
import { consoleNote, consolePlans } from "../console-plans.ts";
import { part as registryPart } from "../parts/registry-part.ts";
import type { PartPlan } from "../parts/part-runner.ts";
import { PORT_MAX } from "../port-max.ts";
import { REGISTRY_PORT, registryNote, registrySettings } from "../registry-option.ts";
import { serveParts } from "../serve-parts.ts";

const PARTS: readonly string[] = ["registry", "connect", "console"];
/** Of the heap of a console that has the process to itself: what the looks at a large cluster leave lying is as much as what is kept of it. */
const CONSOLE_GROWTH_PERCENT = 15;
const EVERY_INTERFACE: ReadonlySet<string> = new Set(["0.0.0.0", "::", ""]);

/** Without a broker in this process the registry has the main thread to itself. */
export const runUp: RunCommand = async (context) => {
  const { options } = context;
  requireKnown(options.text("only"));
  const host = options.text("host") ?? "127.0.0.1";
  if (EVERY_INTERFACE.has(host) && !options.has("registry-url"))
    throw new UsageError("--host names every interface; say by --registry-url where other instances find this one.");
  const { bootstrapServers } = clusterAddress(context, clientOptionsFromProperties(clientProperties(context)).bootstrapServers);
  const bootstrap = String(bootstrapServers);
  const only = options
    .text("only")
    ?.split(",")
    .map((part) => part.trim());
  const registry = only === undefined || only.includes("registry") ? [await registryPlan(context, bootstrap)] : [];
  const commandConfig = options.text("command-config");
  const connect = await connectPlans(context, {
    isNamed: only?.includes("connect"),
    isListenerOurs: true,
    isAlone: registry.length === 0,
    settings: { bootstrap, ...(commandConfig !== undefined && { commandConfig: resolve(commandConfig) }) },
  });
  const console = await consolePlans(context, {
    isNamed: only?.includes("console"),
    isListenerOurs: true,
    host,
    settings: { bootstrap, ...(commandConfig !== undefined && { commandConfig: resolve(commandConfig) }) },
  });
  if (console.door.length > 0 && registry.length + connect.door.length === 0) boundHeapGrowth(CONSOLE_GROWTH_PERCENT);
  // Who names the wrong cluster is to know it at once.
  await withClient(context, () => Promise.resolve());
  return serveParts(context, {
    host,
    logLevel: "warn",
    parts: [...registry, ...connect.door, ...console.door],
    afterReady: [...console.service, ...connect.worker],
    told: { bootstrap },
    greeting: ({ registry: address, connect: connectors, console: pages }) =>
      `${consoleNote(pages, context)}${registryNote(address, false)}${connectNote(connectors, connect.hasUsers)}The cluster is at ${bootstrap}. Ctrl-C stops it.\n`,
  });
};

async function registryPlan(context: CommandContext, bootstrap: string): Promise<PartPlan> {
  const { options } = context;
  const asked = options.integer("registry-port", 0, PORT_MAX);
  const commandConfig = options.text("command-config");
  return {
    part: registryPart,
    key: "registry",
    port: { number: asked ?? REGISTRY_PORT, isAskedFor: asked !== undefined },
    settings: {
      ...(await registrySettings(context)),
      ...(commandConfig !== undefined && { commandConfig }),
      bootstrap,
      entry: context.main.href,
      createsTopic: true,
    },
    isEssential: true,
  };
}

function requireKnown(only: string | undefined): void {
  const unknown = only
    ?.split(",")
    .map((part) => part.trim())
    .find((part) => !PARTS.includes(part));
  if (unknown !== undefined) throw new UsageError(`--only names "${unknown}"; the parts are ${PARTS.join(", ")}.`);
}
