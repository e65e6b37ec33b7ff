import type { Serde } from "@ottla/streams";

/** US authorities call a flight late from this delay on. */
const LATE_MINUTES = 15;
const BYTES = 32;

/** What is known of some flights: those from one airport, or those of them on one day. */
export interface DelayStatistics {
  readonly flights: number;
  readonly late: number;
  readonly delayMinutes: number;
  readonly longestMinutes: number;
}

export const noDelays: DelayStatistics = { flights: 0, late: 0, delayMinutes: 0, longestMinutes: 0 };

export function withFlight({ flights, late, delayMinutes, longestMinutes }: DelayStatistics, minutes: number): DelayStatistics {
  return {
    flights: flights + 1,
    late: late + (minutes >= LATE_MINUTES ? 1 : 0),
    delayMinutes: delayMinutes + minutes,
    longestMinutes: flights === 0 ? minutes : Math.max(longestMinutes, minutes),
  };
}

export function meanMinutes({ delayMinutes, flights }: DelayStatistics): number {
  return flights === 0 ? 0 : delayMinutes / flights;
}

export function lateShare({ late, flights }: DelayStatistics): number {
  return flights === 0 ? 0 : late / flights;
}

/** In stores and changelogs: four doubles, since a million flights are read and written twice each. */
export const statisticsSerde: Serde<DelayStatistics> = {
  name: "delayStatistics",
  serialize(_topic, { flights, late, delayMinutes, longestMinutes }) {
    const bytes = Buffer.allocUnsafe(BYTES);
    bytes.writeDoubleBE(flights, 0);
    bytes.writeDoubleBE(late, 8);
    bytes.writeDoubleBE(delayMinutes, 16);
    bytes.writeDoubleBE(longestMinutes, 24);
    return bytes;
  },
  deserialize(_topic, bytes) {
    if (bytes.length !== BYTES) throw new TypeError(`${bytes.length} bytes are no delay statistics, which have ${BYTES}.`);
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, BYTES);
    return {
      flights: view.readDoubleBE(0),
      late: view.readDoubleBE(8),
      delayMinutes: view.readDoubleBE(16),
      longestMinutes: view.readDoubleBE(24),
    };
  },
};

/** The value in the compacted topic, for readers of any kind: with the airport's name, the mean and the share. */
export function publishedDelays(airport: string, name: string | undefined, delays: DelayStatistics): string {
  const { flights, late, delayMinutes, longestMinutes } = delays;
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
  });
}
