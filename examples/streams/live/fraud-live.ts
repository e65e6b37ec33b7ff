import { putAside } from "../bad-input.ts";
import { type Alert, fraudDetection, type Payment } from "../fraud.ts";
import { chance } from "./chance.ts";
import { differences, inDriver } from "./compare-results.ts";
import { Latencies } from "./latencies.ts";
import type { Input, LiveExample, LiveRun, Result, Scene, Send } from "./live-example.ts";

/** So many that at the usual rate nobody pays five times a minute. */
const CARDS = 200_000;
const MERCHANTS = 200;
const RISKY_EVERY = 50;
/** One in so many payments begins a fraud. */
const FRAUD_EVERY = 100;
const SOON_MS = 100;
const BURST_STEP_MS = 50;
const BERLIN = { latitude: 52.52, longitude: 13.4 };
const TOKYO = { latitude: 35.68, longitude: 139.69 };

const merchantName = (at: number): string => `merchant-${at % MERCHANTS}`;
const isRisky = (at: number): boolean => at % RISKY_EVERY === RISKY_EVERY - 1;

const merchants = (timestamp: number): Input[] =>
  Array.from({ length: MERCHANTS }, (_, at) => ({
    topic: "merchants",
    key: merchantName(at),
    value: { name: `Merchant ${at}`, risk: isRisky(at) ? 0.9 : 0.1 },
    timestamp,
  }));

export const fraudExample: LiveExample = {
  title: "fraud detection: payments by card, three rules",
  topology: fraudDetection,
  application: { commitIntervalMs: 20, onError: putAside },
  guarantee: "exactlyOnce",
  topics: { "card-payments": 4, merchants: 1, alerts: 2, "card-payments-unreadable": 1 },
  counted: "card-payments",
  resultTopics: ["alerts"],
  ratePerSecond: 2_000,
  live: () => new FraudRun(),
  scene: fraudScene,
};

class FraudRun implements LiveRun {
  readonly #latencies = new Latencies();
  /** Frauds that were sent and not told yet, by card. */
  readonly #open = new Map<string, Alert["kind"]>();
  /** What belongs to a fraud and comes later, in order of time. */
  readonly #due: { readonly atMs: number; readonly payment: Payment; readonly card: string; readonly fraud: Alert["kind"] | undefined }[] =
    [];
  #payments = 0;
  /** Frauds of which some payments may be due. */
  #begun = 0;
  /** Frauds that were sent whole. */
  #frauds = 0;
  #found = 0;
  #falseAlarms = 0;

  prepare(send: Send, nowMs: number): void {
    for (const one of merchants(nowMs)) send(one);
  }

  next(send: Send, nowMs: number): void {
    for (let first = this.#due[0]; first !== undefined && first.atMs <= nowMs; first = this.#due[0]) {
      this.#due.shift();
      this.#pay(send, first.card, nowMs, first.payment);
      if (first.fraud !== undefined) this.#done(first.card, first.fraud);
    }
    const at = this.#payments;
    if (at % FRAUD_EVERY === 0) this.#beginFraud(send, nowMs);
    let merchant = at % MERCHANTS;
    if (isRisky(merchant)) merchant = 0;
    this.#pay(send, `card-${at % CARDS}`, nowMs, { id: String(at), amount: 20, merchant: merchantName(merchant), ...BERLIN });
  }

  take({ value, timestamp, readAtMs }: Result): void {
    const { card, kind } = value as Alert;
    if (this.#open.get(card) !== kind) {
      this.#falseAlarms++;
      return;
    }
    this.#open.delete(card);
    this.#found++;
    this.#latencies.add(readAtMs - timestamp);
  }

  endWarmUp(): void {
    this.#latencies.endWarmUp();
  }

  isAnswered(): boolean {
    return this.#open.size === 0;
  }

  lines(): readonly string[] {
    return [`${this.#payments} payments, ${this.#frauds} frauds, ${this.#found} found: ${this.#latencies}`];
  }

  summary(): readonly string[] {
    const { before } = this.#latencies;
    const within = this.#latencies.shareBelow(100) * this.#latencies.count + before.shareBelow(100) * before.count;
    const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
    return [
      `frauds sent ${this.#frauds}, found ${this.#found}, not found ${this.#open.size}; alarms without a fraud, or twice: ${this.#falseAlarms} of ${this.#payments} payments`,
      `found in less than 100 ms: ${percent(this.#latencies.shareBelow(100))} (claimed: 99.7 %), of all from the first one on ${percent(within / Math.max(1, this.#frauds))}`,
      `from the payment's time to the alert in a reader's hand: ${this.#latencies}`,
    ];
  }

  #pay(send: Send, key: string, timestamp: number, value: Payment): void {
    this.#payments++;
    send({ topic: "card-payments", key, value, timestamp });
  }

  /** From now on an alert is due. */
  #done(card: string, fraud: Alert["kind"]): void {
    this.#frauds++;
    this.#open.set(card, fraud);
  }

  #beginFraud(send: Send, nowMs: number): void {
    const number = this.#begun++;
    const payment: Payment = { id: `f${number}`, amount: 900, merchant: merchantName(0), ...BERLIN };
    if (number % 3 === 0) {
      const card = `merchant-fraud-${number}`;
      this.#done(card, "merchant");
      this.#pay(send, card, nowMs, { ...payment, merchant: merchantName(RISKY_EVERY - 1) });
    } else if (number % 3 === 1) {
      const card = `travel-fraud-${number}`;
      this.#pay(send, card, nowMs, payment);
      this.#later(nowMs + SOON_MS, card, { ...payment, ...TOKYO }, "travel");
    } else {
      const card = `velocity-fraud-${number}`;
      this.#pay(send, card, nowMs, payment);
      for (let step = 1; step < 5; step++) this.#later(nowMs + step * BURST_STEP_MS, card, payment, step === 4 ? "velocity" : undefined);
    }
  }

  #later(atMs: number, card: string, payment: Payment, fraud: Alert["kind"] | undefined): void {
    let place = this.#due.length;
    while (place > 0 && this.#due[place - 1]!.atMs > atMs) place--;
    this.#due.splice(place, 0, { atMs, card, payment, fraud });
  }
}

/** Few cards, which pay often, far apart and at anybody's: all rules have their say. What the driver makes of it is right. */
function fraudScene(): Scene {
  const random = chance(1);
  const beginMs = Date.now() - 3_600_000;
  const tables = merchants(beginMs);
  const events = Array.from({ length: 6_000 }, (_, at): Input => {
    const place = random() < 0.9 ? BERLIN : TOKYO;
    const value: Payment = { id: String(at), amount: 5, merchant: merchantName(Math.floor(random() * MERCHANTS)), ...place };
    return { topic: "card-payments", key: `card-${Math.floor(random() ** 2 * 300)}`, value, timestamp: beginMs + at * 100 };
  });
  const expected = inDriver(fraudDetection(), [...tables, ...events], ["alerts"]);
  return { tables, events, nudges: () => [], problems: (results) => differences(expected, results) };
}
