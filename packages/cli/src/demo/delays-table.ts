import type { Client } from "@ottla/client";
import { grouped } from "../output.ts";
import { type Column, renderTable } from "../table.ts";
import type { TextStyle } from "../text-style.ts";
import { type AirportDelays, decodeDelays, lateShare, meanMinutes } from "./airport-delays.ts";
import { DELAYS_TOPIC, partitionsOf } from "./demo-topics.ts";
import { readToEnd } from "./topic-reader.ts";

const ROWS = 6;
/** An airport needs this share of all flights to be ranked by its delays: one bad day is no bad airport. */
const RANKED_SHARE = 1 / 500;

const columns: readonly Column[] = [
  { title: "airport" },
  { title: "name" },
  { title: "flights", isNumeric: true },
  { title: "mean delay", isNumeric: true },
  { title: "late", isNumeric: true },
  { title: "longest", isNumeric: true },
];

/** The newest statistics of each airport, from the compacted topic. */
export async function readDelays(client: Client, partitionCount: number): Promise<readonly AirportDelays[]> {
  const newest = new Map<string, AirportDelays>();
  await readToEnd(client, partitionsOf(DELAYS_TOPIC, partitionCount), ({ value }) => {
    const delays = decodeDelays(value);
    if (delays) newest.set(delays.airport, delays);
  });
  return [...newest.values()];
}

/** Where flights are late most often, and where most flights leave. */
export function renderDelays(delays: readonly AirportDelays[], names: ReadonlyMap<string, string>, style: TextStyle): string {
  const flights = delays.reduce((sum, airport) => sum + airport.flights, 0);
  const ranked = delays.filter((airport) => airport.flights >= flights * RANKED_SHARE);
  const worst = ranked.toSorted((a, b) => lateShare(b) - lateShare(a)).slice(0, ROWS);
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
