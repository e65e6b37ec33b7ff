/** `application-process.ts NAME BOOTSTRAP-SERVERS OPTIONS`: an instance of an example's application as a process of its own, which tells its parent how it is. Ends with its parent. */
import { type ApplicationOptions, streams } from "@ottla/streams";
import { examples } from "./examples.ts";

/** What it tells. */
export interface ApplicationNews {
  readonly state: string;
  readonly error: string | undefined;
  readonly cpuSeconds: number;
  readonly dropped: Readonly<Record<string, number>>;
}

const NEWS_EVERY_MS = 250;
const [, , name = "", bootstrapServers = "", options = "{}"] = process.argv;
const example = examples[name];
if (example === undefined) throw new Error(`There is no example ${name}.`);
const given = JSON.parse(options) as Partial<ApplicationOptions> & Pick<ApplicationOptions, "applicationId">;
const { onError, ...application } = example.application;
// Functions cannot go to threads: what each loads has them.
const app =
  (given.workers ?? 0) > 0
    ? streams({ module: new URL("topology-module.ts", import.meta.url), data: name }, { bootstrapServers, ...application, ...given })
    : streams(example.topology(), { bootstrapServers, onError, ...application, ...given });

const tell = (): void => {
  const { user, system } = process.cpuUsage();
  const news: ApplicationNews = {
    state: app.state,
    error: app.error?.message,
    cpuSeconds: (user + system) / 1e6,
    dropped: Object.fromEntries(app.droppedRecords()),
  };
  if (process.connected) process.send?.(news);
};

const end = async (): Promise<void> => {
  await app.close();
  tell();
  process.exit(app.error === undefined ? 0 : 1);
};
// Ctrl-C in a terminal reaches all processes: the parent says when this one is to end.
process.on("SIGINT", () => {});
process.once("SIGTERM", () => void end());
process.once("disconnect", () => void end());
app.onState(tell);
setInterval(tell, NEWS_EVERY_MS).unref();
app.start().catch(() => void end());
