import { networkInterfaces } from "node:os";
import type { BrokerOptions } from "@ottla/broker";
import { brokerOptions, brokerProperties } from "../broker-settings.ts";
import { type CommandContext, UsageError } from "../command.ts";
import { type ConnectPlans, connectNote, connectPlans, DEV_FLUSH_MS } from "../connect-plans.ts";
import { consoleNote, consolePlans } from "../console-plans.ts";
import { faultsNote, faultsPlan } from "../faults-option.ts";
import { metricsNote, metricsParts } from "../metrics-option.ts";
import { brokerPlan } from "../parts/broker-part.ts";
import type { ControlledPlans, FaultsPlan } from "../parts/controlled-broker-part.ts";
import type { Part, PartSettings } from "../parts/part.ts";
import type { PartPlan } from "../parts/part-runner.ts";
import { PORT_MAX } from "../port-max.ts";
import { registryNote, registryParts, registryPort } from "../registry-option.ts";
import type { SecureSetUp } from "../secure/secure-set-up.ts";
import { serveParts } from "../serve-parts.ts";

const PARTS: readonly string[] = ["broker", "registry", "connect", "console"];
const EVERY_INTERFACE: ReadonlySet<string> = new Set(["0.0.0.0", "::", ""]);

/** Starts the broker, and the registry on the thread that was begun for it. */
export async function startDev(context: CommandContext, registry: Part | undefined): Promise<0> {
  const { options } = context;
  const only = namedParts(options.text("only"));
  const startedMs = performance.now();
  const { host, place, properties, address } = planBroker(context);
  const schemasAt = registryPort(context, { isNamed: only?.has("registry"), isListenerOurs: address !== undefined });
  const secure = options.has("secure") ? await planSecurity(context, { host, properties, address }) : undefined;
  const wish = {
    ...brokerOptions(context, properties),
    ...address,
    ...(secure && { scramUsers: secure.scramUsers, securityProtocol: secure.security.protocol }),
    ...(options.has("memory") && { memory: true }),
  };
  const connect = await devConnect(context, only, { isListenerOurs: address !== undefined, secure });
  const commandConfig = secure?.clientPropertiesFile;
  const console = await consolePlans(context, {
    isNamed: only?.has("console"),
    isListenerOurs: address !== undefined && commandConfig === undefined,
    host,
    settings: secure === undefined ? {} : { commandConfig, ...connectLogin(context, secure) },
  });
  const faults = await faultsPlan(context);
  const { broker, doors } = faults === undefined ? { broker: brokerPlan(wish), doors: [] } : await controlledPlans(wish, faults);
  const openness = address && EVERY_INTERFACE.has(host) && !properties.has("advertised.listeners") ? opennessNote() : "";
  if (options.has("json") && openness !== "") context.stderr.write(`ottla: ${openness}`);
  const ended = serveParts(context, {
    host,
    ...(secure && { told: { security: { ...secure.security, auditFile: properties.get("ottla.audit.file") } } }),
    logLevel: "warn",
    parts: [
      ...(await metricsParts(context, broker)),
      broker,
      ...doors,
      ...(await registryParts(context, registry, schemasAt, secure?.clientPropertiesFile)),
      ...connect.door,
      ...console.door,
    ],
    afterReady: [...console.service, ...connect.worker, ...(options.has("demo") ? [await demoPlan(context)] : [])],
    greeting({ bootstrap, metrics, faults: door, registry: schemas, connect: connectors, console: pages }) {
      const tookMs = Math.round(performance.now() - startedMs);
      return `${consoleNote(pages, context)}Kafka broker ready at ${bootstrap} after ${tookMs} ms, data ${place}.${options.has("demo") ? "\n\n" : " Ctrl-C stops it.\n"}${registryNote(schemas, secure !== undefined && !options.has("registry-users"))}${connectNote(connectors, connect.hasUsers)}${metricsNote(metrics)}${faultsNote(door)}${openness}${secure ? securityNote(secure, properties.get("ottla.audit.file")) : ""}`;
    },
  });
  return ended.finally(() => secure?.remove());
}

/** Beside a secure broker Connect is as secure: who reaches it acts with the rights of its login. */
function devConnect(
  context: CommandContext,
  only: ReadonlySet<string> | undefined,
  { isListenerOurs, secure }: { readonly isListenerOurs: boolean; readonly secure: SecureSetUp | undefined },
): Promise<ConnectPlans> {
  return connectPlans(context, {
    isNamed: only?.has("connect"),
    isListenerOurs,
    door: secure?.connect,
    settings: { flushIntervalMs: DEV_FLUSH_MS, ...(secure !== undefined && { commandConfig: secure.clientPropertiesFile }) },
  });
}

/** How the console comes in at a Connect that is as secure as the broker; what a person says of it goes before. */
function connectLogin({ options }: CommandContext, { security, connect }: SecureSetUp): PartSettings {
  if (options.has("connect-users") || options.has("console-connect-user") || options.has("console-connect-url")) return {};
  return { connectUser: security.username, connectPassword: security.password, connectCaFile: connect.caFile };
}

/** Sets what a secure broker needs, where nobody has said otherwise. */
async function planSecurity(
  { options }: CommandContext,
  { host, properties, address }: Pick<PlannedBroker, "host" | "properties" | "address">,
): Promise<SecureSetUp> {
  if (options.has("demo")) throw new UsageError("--demo does not log in yet; give --demo or --secure.");
  if (address === undefined)
    throw new UsageError("--secure makes its own listener; leave out the property listeners, or set security by properties alone.");
  const { secureSetUp } = await import("../secure/secure-set-up.ts");
  // Beside the data, whose directory holds data alone.
  const folder = options.has("memory") ? undefined : `${properties.get("log.dirs") ?? ".ottla"}-security`;
  const secure = await secureSetUp(folder, host, Date.now());
  for (const [name, value] of Object.entries(secure.settings)) if (!properties.has(name)) properties.set(name, value);
  return secure;
}

function securityNote({ security, clientPropertiesFile }: SecureSetUp, auditFile: string | undefined): string {
  const { username, password, caLocation, mechanism } = security;
  return `
Clients log in as ${username} with the password ${password} (${mechanism}), and trust ${caLocation}.
  Java and ottla:  --command-config ${clientPropertiesFile}
  librdkafka:      security.protocol=SASL_SSL sasl.mechanisms=${mechanism} sasl.username=${username} sasl.password=${password} ssl.ca.location=${caLocation}
Nobody else may do anything before ACLs allow it.
${auditFile ? `Who logs in, is denied something or changes something is told in ${auditFile}.\n` : ""}`;
}

async function controlledPlans(wish: BrokerOptions, faults: FaultsPlan): Promise<ControlledPlans> {
  const { controlledBrokerPlans } = await import("../parts/controlled-broker-part.ts");
  return controlledBrokerPlans(wish, faults);
}

interface PlannedBroker {
  readonly host: string;
  /** Where data is kept, in words. */
  readonly place: string;
  readonly properties: Map<string, string>;
  /** Undefined: the properties have `listeners`. */
  readonly address: { readonly host: string; readonly port: number } | undefined;
}

/** Where to listen and to keep data: what the command line's own options say goes before the properties. */
function planBroker(context: CommandContext): PlannedBroker {
  const { options } = context;
  const dataDirectory = options.text("data-dir");
  if (dataDirectory !== undefined && options.has("memory")) throw new UsageError("--data-dir and --memory exclude each other; give one.");
  const properties = brokerProperties(context);
  const addressOption = ["host", "port"].find((name) => options.has(name));
  if (addressOption !== undefined && options.texts("set").some((setting) => /^\s*listeners\s*=/.test(setting)))
    throw new UsageError(`--${addressOption} and --set listeners both say where to listen; give one.`);
  if (addressOption !== undefined) properties.delete("listeners");
  const host = options.text("host") ?? "127.0.0.1";
  const port = options.integer("port", 0, PORT_MAX) ?? 9092;
  const directory = dataDirectory ?? properties.get("log.dirs") ?? properties.get("log.dir") ?? ".ottla";
  properties.set("log.dirs", directory);
  return {
    host,
    place: options.has("memory") ? "in memory" : `in ${directory}`,
    properties,
    address: properties.has("listeners") ? undefined : { host, port },
  };
}

/** What a person should know who opens the broker to other machines. */
function opennessNote(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((all = []) =>
    all.flatMap(({ address, internal }) => (internal ? [] : [address])),
  );
  const own = addresses.length > 0 ? ` (from elsewhere: ${addresses.join(", ")})` : "";
  return `Every interface is open, to everyone. Each client is told the address it came to${own}; behind a port mapping or NAT, name the outer one with --set advertised.listeners=PLAINTEXT://HOST:PORT.\n`;
}

/** The demonstration, on a thread of its own. */
async function demoPlan({ options, main }: CommandContext): Promise<PartPlan> {
  const { workerPart } = await import("../parts/worker-part.ts");
  return { part: workerPart("demo", { module: "demo", entry: main }), settings: { keepsData: !options.has("memory") } };
}

/** What `--only` names; undefined without it. */
function namedParts(only: string | undefined): ReadonlySet<string> | undefined {
  if (only === undefined) return undefined;
  const named = new Set(only.split(",").map((part) => part.trim()));
  const unknown = [...named].find((part) => !PARTS.includes(part));
  if (unknown !== undefined) throw new UsageError(`--only names "${unknown}"; the parts are ${PARTS.join(", ")}.`);
  if (!named.has("broker")) throw new UsageError("--only leaves out the broker, which the others need; name it too.");
  return named;
}
