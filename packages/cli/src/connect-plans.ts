import { type CommandContext, UsageError } from "./command.ts";

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
}

/**
 * Where Connect is to listen, and its worker's thread. `isNamed`: what `--only` says of it, undefined without that option. `isListenerOurs`: false where the listeners are the user's own and may ask for a login that
 * nobody gave. `isAlone`: nothing else runs in the process, and the worker has the main thread.
 */
export function connectPlans(
  { options, main }: CommandContext,
  {
    isNamed,
    isListenerOurs,
    isAlone = false,
    settings = {},
  }: {
    readonly isNamed: boolean | undefined;
    readonly isListenerOurs: boolean;
    readonly isAlone?: boolean;
    readonly settings?: PartSettings;
  },
): ConnectPlans {
  const asked = options.integer("connect-port", 0, PORT_MAX);
  if (asked !== undefined && isNamed === false)
    throw new UsageError("--connect-port is for Connect, which --only leaves out; name it there, or leave out one of the two.");
  if (asked === undefined && !(isNamed ?? isListenerOurs)) return { door: [], worker: [] };
  const anyPort = options.integer("port", 0, PORT_MAX) === 0;
  const propertiesFile = options.text("connect-config");
  const port = { number: asked ?? (anyPort ? 0 : CONNECT_PORT), isAskedFor: asked !== undefined };
  const workerSettings = {
    groupId: GROUP_ID,
    entry: main.href,
    pluginFolder: options.text("connect-plugins") ?? "connectors",
    ...(propertiesFile !== undefined && { propertiesFile }),
    ...settings,
  };
  if (isAlone) return { door: [{ part: connectPart, key: "connect", port, settings: workerSettings }], worker: [] };
  const door = new ServiceDoor("connect", "Connect");
  return {
    door: [{ part: door.part, key: "connect", port }],
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
export function connectNote(address: string | undefined): string {
  return address === undefined ? "" : `Connect at ${address}.\n`;
}
