import { hostNameIn, isLoopbackName } from "@ottla/base";
import { type CommandContext, UsageError } from "./command.ts";
import type { PartSettings } from "./parts/part.ts";
import type { PartPlan } from "./parts/part-runner.ts";
import { ServiceDoor } from "./parts/service-door.ts";
import { workerPart } from "./parts/worker-part.ts";
import { PORT_MAX } from "./port-max.ts";

/** Bounds what its thread leaves lying: records that are looked at live shortly, and V8 would take 48 MiB for them. */
const YOUNG_MB = 12;
/** Where the console is looked for. */
const CONSOLE_PORT = 8080;

/** What is to be started of the console: its port before the ready line, its thread behind it. */
export interface ConsolePlans {
  readonly door: readonly PartPlan[];
  readonly service: readonly PartPlan[];
}

/**
 * Where the console is to listen, and its thread. `isNamed`: what `--only` says of it, undefined without that option. `isListenerOurs`: false where the listeners are the user's own and may ask for a login that nobody
 * gave, and where whoever reaches the console would act with the rights of its login. Where other machines reach it, too, it is there when it is asked for: nobody logs in at it.
 */
export function consolePlans(
  { options, main }: CommandContext,
  {
    isNamed,
    isListenerOurs,
    host,
    settings = {},
  }: {
    readonly isNamed: boolean | undefined;
    readonly isListenerOurs: boolean;
    readonly host: string;
    readonly settings?: PartSettings;
  },
): ConsolePlans {
  const asked = options.integer("console-port", 0, PORT_MAX);
  const [registryUrl, connectUrl] = ["console-registry-url", "console-connect-url"].map((name) => serviceUrl(name, options.text(name)));
  if (asked !== undefined && isNamed === false)
    throw new UsageError("--console-port is for the console, which --only leaves out; name it there, or leave out one of the two.");
  if (asked === undefined && !(isNamed ?? (isListenerOurs && isLoopbackName(hostNameIn(host))))) return { door: [], service: [] };
  const anyPort = options.integer("port", 0, PORT_MAX) === 0;
  const door = new ServiceDoor("console", "The console");
  return {
    door: [{ part: door.part, key: "console", port: { number: asked ?? (anyPort ? 0 : CONSOLE_PORT), isAskedFor: asked !== undefined } }],
    service: [
      {
        part: door.behind(workerPart("console", { module: "console", entry: main, youngGenerationMb: YOUNG_MB })),
        settings: { entry: main.href, readOnly: options.has("read-only"), registryUrl, connectUrl, ...settings },
      },
    ],
  };
}

/** Throws {@link UsageError} for what is no address of a service. */
function serviceUrl(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? ""))
    throw new UsageError(`--${option} is a URL such as http://127.0.0.1:8081, not "${text}".`);
  return text;
}

/** The line about the console where it runs; "" where it does not. */
export function consoleNote(address: string | undefined): string {
  return address === undefined ? "" : `Console at ${address}.\n`;
}
