import { hostNameIn, isLoopbackName } from "@ottla/base";
import { type CommandContext, UsageError } from "./command.ts";
import { consoleSettings } from "./console-option.ts";
import type { PartSettings } from "./parts/part.ts";
import type { PartPlan } from "./parts/part-runner.ts";
import { ServiceDoor } from "./parts/service-door.ts";
import { workerPart } from "./parts/worker-part.ts";
import { PORT_MAX } from "./port-max.ts";

/** Bounds what its thread leaves lying: records that are looked at live shortly, and V8 would take 48 MiB for them. */
const YOUNG_MB = 12;
/** Bounds what it keeps: some quarter of a million partitions. With this bound V8 lets a heap grow by two fifths before it collects it, with twice as much by three fifths, and by four times without one on a machine with much memory. */
const OLD_MB = 512;
/** Where the console is looked for. */
const CONSOLE_PORT = 8080;

/** What is to be started of the console: its port before the ready line, its thread behind it. */
export interface ConsolePlans {
  readonly door: readonly PartPlan[];
  readonly service: readonly PartPlan[];
}

/**
 * Where the console is to listen, and its thread. `isNamed`: what `--only` says of it, undefined without that option. `isListenerOurs`: false where the listeners are the user's own and may ask for a login that nobody
 * gave, and where whoever reaches the console would act with the rights of its login. Where other machines reach it, too, it is there when it is asked for, or when its users log in.
 */
export async function consolePlans(
  context: CommandContext,
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
): Promise<ConsolePlans> {
  const { options, main } = context;
  const door = await consoleSettings(context);
  const asked = options.integer("console-port", 0, PORT_MAX);
  const [registryUrl, connectUrl] = ["console-registry-url", "console-connect-url"].map((name) => serviceUrl(name, options.text(name)));
  if (asked !== undefined && isNamed === false)
    throw new UsageError("--console-port is for the console, which --only leaves out; name it there, or leave out one of the two.");
  if (asked === undefined && !(isNamed ?? (door["usersFile"] !== undefined || (isListenerOurs && isLoopbackName(hostNameIn(host))))))
    return { door: [], service: [] };
  const anyPort = options.integer("port", 0, PORT_MAX) === 0;
  const service = new ServiceDoor("console", "The console", door["certificateFile"] === undefined ? "http" : "https");
  return {
    door: [
      { part: service.part, key: "console", port: { number: asked ?? (anyPort ? 0 : CONSOLE_PORT), isAskedFor: asked !== undefined } },
    ],
    service: [
      {
        part: service.behind(
          workerPart("console", { module: "console", entry: main, youngGenerationMb: YOUNG_MB, oldGenerationMb: OLD_MB }),
        ),
        settings: { entry: main.href, ...door, registryUrl, connectUrl, ...settings },
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
export function consoleNote(address: string | undefined, { options }: Pick<CommandContext, "options">): string {
  if (address === undefined) return "";
  const url = new URL(options.text("console-url") ?? address);
  const isOpen = options.has("console-users") && url.protocol === "http:" && !isLoopbackName(url.hostname);
  return `Console at ${address}.${isOpen ? " Passwords reach it in the clear; --console-certificate and --console-key encrypt them." : ""}\n`;
}
