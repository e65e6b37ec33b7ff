import { putAside } from "../bad-input.ts";
import { type Device, type Reading, telemetry } from "../iot.ts";
import { chance } from "./chance.ts";
import { differences, inDriver } from "./compare-results.ts";
import { Latencies } from "./latencies.ts";
import type { Input, LiveExample, LiveRun, Result, RunFigures, Scene, Send } from "./live-example.ts";

const DEVICES = 2_000;
/** One reading in so many is too hot. */
const HOT_EVERY = 1_000;
const RESULTS = ["alarms", "minutes", "presence"];

const deviceName = (at: number): string => `device-${at}`;
const devices = (count: number, timestamp: number): Input[] =>
  Array.from({ length: count }, (_, at): Input => {
    const value: Device = { site: `site-${at % 20}`, celsiusMax: 60 };
    return { topic: "devices", key: deviceName(at), value, timestamp };
  });

export const iotExample: LiveExample = {
  title: "telemetry: readings of devices, alarms, minutes, presence",
  topology: telemetry,
  application: { commitIntervalMs: 100, onError: putAside },
  guarantee: "atLeastOnce",
  topics: { readings: 4, devices: 4, alarms: 2, minutes: 4, presence: 4, "readings-unreadable": 1, "devices-unreadable": 1 },
  counted: "readings",
  resultTopics: RESULTS,
  ratePerSecond: "most",
  live: () => new IotRun(),
  scene: iotScene,
};

class IotRun implements LiveRun {
  readonly #latencies = new Latencies();
  #readings = 0;
  #hot = 0;
  #alarms = 0;
  #minutes = 0;

  prepare(send: Send, nowMs: number): void {
    for (const device of devices(DEVICES, nowMs)) send(device);
  }

  next(send: Send, nowMs: number): void {
    const at = this.#readings++;
    const isHot = at % HOT_EVERY === 0;
    if (isHot) this.#hot++;
    const value: Reading = { celsius: isHot ? 75 : 20 + (at % 30) };
    send({ topic: "readings", key: deviceName((at * 7) % DEVICES), value, timestamp: nowMs });
  }

  take({ topic, timestamp, readAtMs }: Result): void {
    if (topic === "minutes") this.#minutes++;
    if (topic !== "alarms") return;
    this.#alarms++;
    this.#latencies.add(readAtMs - timestamp);
  }

  endWarmUp(): void {
    this.#latencies.endWarmUp();
  }

  isAnswered(): boolean {
    return this.#alarms >= this.#hot;
  }

  lines(): readonly string[] {
    return [`${this.#readings} readings, ${this.#alarms} alarms, ${this.#minutes} minutes: ${this.#latencies}`];
  }

  summary({ processedPerSecond, lagMax, applicationCores, brokerCores, generatorCores }: RunFigures): readonly string[] {
    const cores = { application: applicationCores, broker: brokerCores ?? 0, "generator and reader": generatorCores };
    const [limit] = Object.entries(cores).sort(([, a], [, b]) => b - a)[0]!;
    return [
      `readings ${this.#readings}, of which too hot ${this.#hot}, alarms ${this.#alarms}`,
      `${Math.round(processedPerSecond)} readings a second (claimed: 500000, of a cluster with 50 partitions); what limits it is the ${limit}`,
      `alarms: ${this.#latencies} (claimed: p99 50 ms), from the reading to the alarm in a reader's hand; lag at most ${lagMax} readings, ${(lagMax / Math.max(1, processedPerSecond)).toFixed(2)} s (claimed: less than 1 s)`,
    ];
  }
}

const SCENE_DEVICES = 40;
const SCENE_MINUTES = 20;
const READINGS = 5_000;

/** Readings of twenty minutes, some too hot, some late, some of unknown devices; then time goes on until all windows are over. What the driver makes of it is right. */
function iotScene(): Scene {
  const random = chance(2);
  const beginMs = Math.floor(Date.now() / 60_000) * 60_000 - 4 * 3_600_000;
  const tables = devices(SCENE_DEVICES, beginMs);
  const stepMs = (SCENE_MINUTES * 60_000) / READINGS;
  const events = Array.from({ length: READINGS }, (_, at): Input => {
    const value: Reading = { celsius: Math.round(random() * 64) };
    const device = Math.floor(random() * (SCENE_DEVICES + 2));
    const lateMs = random() < 0.1 ? Math.floor(random() * 100_000) : 0;
    return { topic: "readings", key: deviceName(device), value, timestamp: beginMs + 200_000 + Math.floor(at * stepMs) - lateMs };
  });
  const laterMs = beginMs + 3_600_000;
  const nudges = (round: number): Input[] =>
    Array.from({ length: SCENE_DEVICES }, (_, at): Input => {
      const value: Reading = { celsius: 20 };
      return { topic: "readings", key: deviceName(at), value, timestamp: laterMs + round };
    });
  const expected = inDriver(telemetry(), [...tables, ...events, ...nudges(0), ...nudges(1)], RESULTS);
  return { tables, events, nudges, problems: (results) => differences(expected, results) };
}
