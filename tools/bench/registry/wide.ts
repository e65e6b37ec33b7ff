import { waitUntil } from "@ottla/conformance/process/wait-until";
import { startDev, startKarapace } from "./contestants.ts";
import { Load } from "./load.ts";
import { inTurns, type RegistryBenchPart } from "./part.ts";
import { wideSchemas } from "./schemas.ts";

const FIELDS = 500;
const CHECKS = 15;

/** One check of a wide record against the version before it, as a client sees it. */
export const widePart: RegistryBenchPart = async ({ rounds, karapace }, comparison) => {
  const dev = await startDev();
  const peer = karapace === undefined ? undefined : await startKarapace(karapace, dev.bootstrap, "_karapace_wide");
  const side = async (name: "ottla" | "karapace", url: string): Promise<() => Promise<void>> => {
    const load = new Load(url, 1);
    // Protobuf of the other one stands on a native library of its own, which not every installation has.
    const formats = name === "ottla" ? (["AVRO", "JSON", "PROTOBUF"] as const) : (["AVRO", "JSON"] as const);
    for (const format of formats) {
      const body = { schemaType: format, schema: wideSchemas[format](FIELDS, false) };
      await waitUntil(`${name} takes a schema`, async () => (await load.post(`/subjects/wide-${format}/versions`, body)).status === 200, {
        everyMs: 250,
        timeoutMs: 60_000,
      });
    }
    const measure = async (isCounted: boolean): Promise<void> => {
      for (const format of formats) {
        const body = { schemaType: format, schema: wideSchemas[format](FIELDS, true) };
        const tookMs =
          1_000 / (await load.rate(CHECKS, 1, () => load.post(`/compatibility/subjects/wide-${format}/versions/latest`, body)));
        if (isCounted) comparison.add(`check of ${FIELDS} fields, ${format}, ms`, name, tookMs, { than: "karapace", below: 20 });
      }
    };
    await measure(false);
    return () => measure(true);
  };
  try {
    const ours = await side("ottla", dev.url);
    const theirs = peer === undefined ? undefined : await side("karapace", peer.url);
    await inTurns(rounds, ours, theirs);
  } finally {
    await peer?.stop();
    await dev.stop();
  }
};
