import type { StreamsApplication } from "@ottla/streams";
import { grouped } from "../output.ts";
import { type Column, renderTable } from "../table.ts";
import type { TextStyle } from "../text-style.ts";
import { type DelayStatistics, lateShare, meanMinutes } from "./delay-statistics.ts";
import { AIRPORT_STORE, DAILY_STORE } from "./delays-topology.ts";

const ROWS = 6;
/** An airport needs this share of all flights to be ranked by its delays: one bad day is no bad airport. */
const RANKED_SHARE = 1 / 500;
const DAY_MS = 86_400_000;

const columns: readonly Column[] = [
  { title: "airport" },
  { title: "name" },
  { title: "flights", isNumeric: true },
  { title: "mean delay", isNumeric: true },
  { title: "late", isNumeric: true },
  { title: "longest", isNumeric: true },
];

/** The statistics of one airport. */
export interface AirportDelays extends DelayStatistics {
  readonly airport: string;
}

/** What the topology's store has, airport by airport. */
export async function readDelays(app: StreamsApplication): Promise<readonly AirportDelays[]> {
  const delays: AirportDelays[] = [];
  for await (const { key, value } of app.store<string, DelayStatistics>(AIRPORT_STORE).all({ waitMs: 10_000 }))
    delays.push({ airport: key, ...value });
  return delays;
}

/** The airport and day with the largest share of late flights, of those with as many flights; undefined: there is none. */
export async function worstDay(
  app: StreamsApplication,
  airports: ReadonlySet<string>,
): Promise<{ readonly airport: string; readonly day: string; readonly delays: DelayStatistics } | undefined> {
  let worst: { airport: string; startMs: number; delays: DelayStatistics } | undefined;
  for (const airport of airports) {
    for await (const { windowStartMs, value } of app
      .windowStore<string, DelayStatistics>(DAILY_STORE)
      .windows(airport, {}, { waitMs: 10_000 })) {
      if (worst === undefined || lateShare(value) > lateShare(worst.delays)) worst = { airport, startMs: windowStartMs, delays: value };
    }
  }
  if (worst === undefined) return undefined;
  return {
    airport: worst.airport,
    day: new Date(Math.floor(worst.startMs / DAY_MS) * DAY_MS).toISOString().slice(0, 10),
    delays: worst.delays,
  };
}
/** Those with enough flights. */
export function rankedAirports(delays: readonly AirportDelays[]): AirportDelays[] {
  const flights = delays.reduce((sum, airport) => sum + airport.flights, 0);
  return delays.filter((airport) => airport.flights >= flights * RANKED_SHARE);
}

/** Where flights are late most often, and where most flights leave. */
export function renderDelays(delays: readonly AirportDelays[], names: ReadonlyMap<string, string>, style: TextStyle): string {
  const worst = rankedAirports(delays)
    .toSorted((a, b) => lateShare(b) - lateShare(a))
    .slice(0, ROWS);
  const busiest = delays.toSorted((a, b) => b.flights - a.flights).slice(0, ROWS);
  const rowOf = (airport: AirportDelays) => [
    airport.airport,
    (names.get(airport.airport) ?? "").slice(0, 36),
    grouped(airport.flights),
    `${meanMinutes(airport).toFixed(1)} min`,
    `${(lateShare(airport) * 100).toFixed(1)} %`,
    `${grouped(airport.longestMinutes)} min`,
  ];
  // One table, so that both parts share their widths; then it is cut into its two.
  const [titles, ...rows] = renderTable(columns, [...worst, ...busiest].map(rowOf), style)
    .trimEnd()
    .split("\n");
  const part = (title: string, lines: readonly string[]) => `${style.bold(title)}\n${[titles, ...lines].join("\n")}\n`;
  return `${part("Most often late, 15 minutes or more", rows.slice(0, worst.length))}\n${part("Busiest", rows.slice(worst.length))}`;
}
