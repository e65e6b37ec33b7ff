import type { BrokerLoad, OldRequests } from "../snapshot/metrics-snapshot.ts";
import type { MetricSample } from "./parse-metrics.ts";
import { labelOf, plainName } from "./plain-names.ts";

/** Of a meter that shows several attributes the rate of the last minute counts, else the mean; its other rates and its count do not. */
const OTHER_ATTRIBUTE = /(?:count|fiveminuterate|fifteenminuterate)$/;
const OLD_REQUESTS_MAX = 100;

/** Gathers what a page says of a broker. */
export class BrokerLoadReader {
  readonly #handlerIdle = new IdleShare();
  readonly #networkIdle = new IdleShare();
  #connections: number | undefined;
  #replicaLag: number | undefined;
  readonly #old: OldRequests[] = [];

  take(sample: MetricSample): void {
    const { value } = sample;
    if (typeof value !== "number" || !Number.isFinite(value)) return;
    const name = plainName(sample);
    if (name.includes("requesthandleravgidle")) this.#handlerIdle.take(name, value);
    else if (name.includes("networkprocessoravgidle")) this.#networkIdle.take(name, value);
    else if (/replicafetchermanagermaxlag|replicafetchermanager(?:value)?maxlag/.test(name))
      this.#replicaLag = Math.max(this.#replicaLag ?? 0, value);
    else if (/socketservermetrics.*connectioncount$/.test(name)) this.#connections = (this.#connections ?? 0) + value;
    else if (name.includes("deprecatedrequests") && value > 0 && this.#old.length < OLD_REQUESTS_MAX) this.#takeOld(sample, name, value);
  }

  /** Undefined: the page is no broker's. */
  load(page: string): BrokerLoad | undefined {
    const [handlerIdle, networkIdle] = [this.#handlerIdle.value, this.#networkIdle.value];
    const [replicaLagMax, connections] = [this.#replicaLag, this.#connections];
    const facts = [handlerIdle, networkIdle, replicaLagMax, connections];
    if (facts.every((fact) => fact === undefined) && this.#old.length === 0) return undefined;
    return { page, handlerIdle, networkIdle, replicaLagMax, connections, oldRequests: this.#old };
  }

  #takeOld(sample: MetricSample, name: string, requests: number): void {
    // A meter's rates are told beside its count.
    if (name.includes("rate")) return;
    const software = labelOf(sample, "clientsoftwarename") ?? "unknown";
    const version = labelOf(sample, "clientsoftwareversion") ?? "";
    this.#old.push({
      request: labelOf(sample, "request") ?? "a request",
      apiVersion: labelOf(sample, "version") ?? "?",
      client: version === "" || version === "unknown" ? software : `${software} ${version}`,
      requests,
    });
  }
}

/** Of the attributes that exporters show of one meter the best. Of several processors the least idle one counts. */
class IdleShare {
  #minute: number | undefined;
  #mean: number | undefined;
  #other: number | undefined;

  take(name: string, value: number): void {
    if (value < 0 || value > 1.05) return;
    if (name.includes("oneminuterate")) this.#minute = Math.min(this.#minute ?? 1, value);
    else if (name.includes("meanrate")) this.#mean = Math.min(this.#mean ?? 1, value);
    else if (!OTHER_ATTRIBUTE.test(name.replace("requesthandleravgidlepercent", ""))) this.#other = Math.min(this.#other ?? 1, value);
  }

  get value(): number | undefined {
    return this.#minute ?? this.#other ?? this.#mean;
  }
}
