/** US authorities call a flight late from this delay on. */
const LATE_MINUTES = 15;

/**
 * What is known of the flights from one airport. `through` is the offset of the last flight in it: since all flights of an airport are in
 * one partition, a flight at or below it is counted already, and reading it again after a crash changes nothing.
 */
export interface AirportDelays {
  readonly airport: string;
  flights: number;
  late: number;
  delayMinutes: number;
  longestMinutes: number;
  through: number;
}

export function noDelays(airport: string): AirportDelays {
  return { airport, flights: 0, late: 0, delayMinutes: 0, longestMinutes: 0, through: -1 };
}

/** Counts one flight, unless it was counted before; tells whether anything changed. */
export function countFlight(delays: AirportDelays, offset: number, delayMinutes: number): boolean {
  if (offset <= delays.through) return false;
  delays.through = offset;
  delays.flights++;
  delays.delayMinutes += delayMinutes;
  delays.longestMinutes = delays.flights === 1 ? delayMinutes : Math.max(delays.longestMinutes, delayMinutes);
  if (delayMinutes >= LATE_MINUTES) delays.late++;
  return true;
}

export function meanMinutes({ delayMinutes, flights }: AirportDelays): number {
  return flights === 0 ? 0 : delayMinutes / flights;
}

export function lateShare({ late, flights }: AirportDelays): number {
  return flights === 0 ? 0 : late / flights;
}

/** The value in the compacted topic: what is needed to go on, and for readers the name, the mean and the share. */
export function encodeDelays(delays: AirportDelays, name: string | undefined): string {
  const { airport, flights, late, delayMinutes, longestMinutes, through } = delays;
  const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
  return JSON.stringify({
    airport,
    ...(name && { name }),
    flights,
    meanDelay: rounded(meanMinutes(delays), 2),
    lateShare: rounded(lateShare(delays), 4),
    late,
    delayMinutes,
    longestMinutes,
    through,
  });
}

/** Undefined when the bytes are no such value: anyone may write to the topic. */
export function decodeDelays(value: Buffer | null): AirportDelays | undefined {
  const found = parseObject(value);
  if (typeof found?.["airport"] !== "string") return undefined;
  const numbers = ["flights", "late", "delayMinutes", "longestMinutes", "through"].map((name) => found[name]);
  if (!numbers.every((number) => Number.isSafeInteger(number))) return undefined;
  const [flights, late, delayMinutes, longestMinutes, through] = numbers as [number, number, number, number, number];
  return { airport: found["airport"], flights, late, delayMinutes, longestMinutes, through };
}

/** The object in a record's value; undefined for anything else. */
export function parseObject(value: Buffer | null): Readonly<Record<string, unknown>> | undefined {
  if (value === null) return undefined;
  try {
    const parsed: unknown = JSON.parse(value.toString());
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
