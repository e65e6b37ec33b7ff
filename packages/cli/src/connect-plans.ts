import { isLoopbackName } from "@ottla/base";
import { type CommandContext, UsageError } from "./command.ts";
import { connectDoor } from "./connect-door.ts";
import { part as connectPart } from "./parts/connect-part.ts";
import type { PartSettings } from "./parts/part.ts";
import type { PartPlan } from "./parts/part-runner.ts";
import { ServiceDoor } from "./parts/service-door.ts";
import { workerPart } from "./parts/worker-part.ts";
import { PORT_MAX } from "./port-max.ts";

/** Where Connect is looked for. */
const CONNECT_PORT = 8083;
/** It answers requests and follows three topics: V8 would let what is new there grow to six times as much. */
const YOUNG_MB = 8;
const GROUP_ID = "ottla-connect";
/** Tasks finish what they have taken. */
const STOP_GRACE_MS = 5_000;
/** Of a worker for development: what was read is soon known to be. */
export const DEV_FLUSH_MS = 1_000;

/** What is to be started of Connect: its port before the ready line, its worker behind it. */
export interface ConnectPlans {
  readonly door: readonly PartPlan[];
  readonly worker: readonly PartPlan[];
  /** Somebody has to log in there. */
  readonly hasUsers: boolean;
}

/**
 * Where Connect is to listen, and its worker's thread. `isNamed`: what `--only` says of it, undefined without that option. `isListenerOurs`: false where the listeners are the user's own and may ask for a login that
 * nobody gave. `isAlone`: nothing else runs in the process, and the worker has the main thread.
 */
export async function connectPlans(
  context: CommandContext,
  {
    isNamed,
    isListenerOurs,
    isAlone = false,
    settings = {},
    door: doorOtherwise,
  }: {
    readonly isNamed: boolean | undefined;
    readonly isListenerOurs: boolean;
    readonly isAlone?: boolean;
    readonly settings?: PartSettings;
    /** Of its door, where the options say nothing else. */
    readonly door?: PartSettings | undefined;
  },
): Promise<ConnectPlans> {
  const { options, main } = context;
  const asked = options.integer("connect-port", 0, PORT_MAX);
  if (asked !== undefined && isNamed === false)
    throw new UsageError("--connect-port is for Connect, which --only leaves out; name it there, or leave out one of the two.");
  const wish = await connectDoor(context, doorOtherwise);
  const { isSecure, hasUsers, host } = wish;
  if (asked === undefined && !(isNamed ?? (isListenerOurs || hasUsers))) return { door: [], worker: [], hasUsers };
  const anyPort = options.integer("port", 0, PORT_MAX) === 0;
  const propertiesFile = options.text("connect-config");
  const port = { number: asked ?? wish.port ?? (anyPort ? 0 : CONNECT_PORT), isAskedFor: asked !== undefined || wish.port !== undefined };
  const workerSettings = {
    groupId: GROUP_ID,
    entry: main.href,
    pluginFolder: options.text("connect-plugins") ?? "connectors",
    ...(propertiesFile !== undefined && { propertiesFile }),
    ...settings,
    ...wish.settings,
    isSecure,
    ...(host !== undefined && { host }),
  };
  if (isAlone) return { door: [{ part: connectPart, key: "connect", port, settings: workerSettings }], worker: [], hasUsers };
  const door = new ServiceDoor("connect", "Connect", isSecure ? "https" : "http");
  return {
    hasUsers,
    door: [{ part: door.part, key: "connect", port, settings: host === undefined ? {} : { host } }],
    worker: [
      {
        part: door.behind(
          workerPart("connect", { module: "connect", entry: main, stopGraceMs: STOP_GRACE_MS, youngGenerationMb: YOUNG_MB }),
        ),
        settings: workerSettings,
      },
    ],
  };
}

/** The line about Connect where it runs; "" where it does not. */
export function connectNote(address: string | undefined, hasUsers: boolean): string {
  if (address === undefined) return "";
  const { protocol, hostname } = new URL(address);
  const isElsewhere = !isLoopbackName(hostname);
  const open = hasUsers
    ? protocol === "http:" && isElsewhere
      ? " Passwords reach it in the clear; --connect-certificate and --connect-key encrypt them."
      : ""
    : isElsewhere
      ? " It asks for no login: whoever reaches it reads and writes with its rights; --connect-users says who may."
      : "";
  return `Connect at ${address}.${open}\n`;
}
