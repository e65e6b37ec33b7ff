import { waitUntil } from "@ottla/conformance/process/wait-until";
import { startDev, startKarapace } from "./contestants.ts";
import { Load } from "./load.ts";
import { inTurns, type RegistryBenchPart } from "./part.ts";
import { orderSchema } from "./schemas.ts";

const CONNECTIONS = 16;
const COUNTS = { oneAtATime: 200, registrations: 1_000, lookUps: 4_000 };

/** Registrations and look-ups, both over one broker. Ours shares its process. */
export const ratesPart: RegistryBenchPart = async ({ rounds, karapace }, comparison) => {
  const dev = await startDev();
  const peer = karapace === undefined ? undefined : await startKarapace(karapace, dev.bootstrap, "_karapace_rates");
  let number = 0;
  const side = async (name: "ottla" | "karapace", url: string): Promise<() => Promise<void>> => {
    const load = new Load(url, CONNECTIONS);
    const register = (): ReturnType<Load["post"]> => {
      const own = number++;
      return load.post(`/subjects/${name}-${own}/versions`, { schema: orderSchema(own) });
    };
    // The other one must be elected before it takes what is written.
    await waitUntil(`${name} takes a schema`, async () => (await register()).status === 200, { everyMs: 250, timeoutMs: 60_000 });
    const id = (JSON.parse((await register()).body) as { id: number }).id;
    const measure = async (isCounted: boolean): Promise<void> => {
      const rates = [
        ["registrations/s, one at a time", await load.rate(COUNTS.oneAtATime, 1, register)],
        [`registrations/s, ${CONNECTIONS} connections`, await load.rate(COUNTS.registrations, CONNECTIONS, register)],
        [
          `look-ups by id/s, ${CONNECTIONS} connections`,
          await load.rate(COUNTS.lookUps, CONNECTIONS, () => load.get(`/schemas/ids/${id}`)),
        ],
      ] as const;
      if (!isCounted) return;
      for (const [measure, rate] of rates) comparison.add(measure, name, rate, { than: "karapace", atLeast: 3 });
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
