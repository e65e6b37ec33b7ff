import type { ReadFile } from "../lint/read/source-file.ts";
import { Settings } from "../lint/settings.ts";
import { type KafkaVersion, NEWEST_VERSION } from "../catalogue/settings-catalogue.ts";

/** What the settings of a consumer say of it, as they stand in the files of its application. */
export interface DeclaredConsumer {
  /** Where it stands, as `billing/consumer.properties`. */
  readonly place: string;
  readonly clientId: string | undefined;
  readonly groupId: string | undefined;
  /** As given, else the default of its version. */
  readonly maxPollIntervalMs: number;
}

/** What a file was read to. */
interface ReadSettings {
  readonly path: string;
  readonly read: Pick<ReadFile, "documents">;
}

const INTERVAL = "max.poll.interval.ms";

/** The consumers that files declare, Streams applications among them. One that names neither itself nor its group, or whose interval is filled in elsewhere, cannot be told from others and is left out. */
export function declaredConsumers(files: readonly ReadSettings[], version: KafkaVersion = NEWEST_VERSION): readonly DeclaredConsumer[] {
  return files.flatMap(({ path, read }) =>
    read.documents.flatMap(({ document, version: named }): readonly DeclaredConsumer[] => {
      const settings = new Settings(document, named ?? version);
      if (!settings.isOf("consumer", "client", "streams", "listener")) return [];
      const groupId = settings.given("group.id") ?? (settings.isOf("streams") ? settings.given("application.id") : undefined);
      const clientId = settings.given("client.id");
      if (groupId === undefined && (clientId === undefined || !settings.has(INTERVAL))) return [];
      const given = settings.has(INTERVAL) ? settings.given(INTERVAL) : DEFAULT_INTERVAL;
      const maxPollIntervalMs = given === undefined || !/^\d+$/.test(given) ? undefined : Number(given);
      return maxPollIntervalMs === undefined || maxPollIntervalMs === 0
        ? []
        : [{ place: document.part === undefined ? path : `${path} (${document.part})`, clientId, groupId, maxPollIntervalMs }];
    }),
  );
}

/** Of every version that is known, of consumers and of those inside of Streams alike. */
const DEFAULT_INTERVAL = "300000";

/** What declares the consumer with this client id: one of that id, or of one that its library adds to, as `billing-0`; else one of its group. */
export function declarationOf(
  declared: readonly DeclaredConsumer[],
  clientId: string,
  groupId: string | undefined,
): DeclaredConsumer | undefined {
  const byId = declared.filter((each) => each.clientId === clientId);
  // The longest says most: "billing-eu" of "billing-eu-0", not "billing".
  const byStem = declared
    .filter((each) => each.clientId !== undefined && clientId.startsWith(`${each.clientId}-`))
    .toSorted((a, b) => b.clientId!.length - a.clientId!.length);
  const byGroup = declared.filter(
    (each) => each.groupId !== undefined && (each.groupId === groupId || isDefaultClientId(clientId, each.groupId)),
  );
  return byId[0] ?? byStem[0] ?? byGroup[0];
}

/** Java names a consumer without a client.id after its group, a Streams application its consumers after itself. */
function isDefaultClientId(clientId: string, groupId: string): boolean {
  return clientId.startsWith(`consumer-${groupId}-`) || (clientId.startsWith(`${groupId}-`) && clientId.includes("StreamThread"));
}
