import { type Clock, type LatencyHistogram, labelText, latencyBoundsMs, type MetricFamily } from "@ottla/base";
import { errorInfo } from "@ottla/protocol";
import type { ApiStats, RequestObserver } from "../pipeline/observe.ts";
import { type MBean, meter, own, timer } from "./mbean-families.ts";

type Collect = MetricFamily["collect"];
type EachApi = (see: (sink: Parameters<Collect>[0], api: ApiStats) => void) => Collect;

const bean = (name: string): MBean => ["network", "RequestMetrics", name];

/** What `kafka.network:type=RequestMetrics` tells, and how long requests take as a histogram that can be summed over processes. */
export function requestFamilies(observer: RequestObserver, clock: Clock): MetricFamily[] {
  const eachApi: EachApi = (see) =>
    function* (sink) {
      for (const api of observer.stats) {
        see(sink, api);
        yield;
      }
    };
  return [...countFamilies(eachApi), ...timeFamilies(observer, clock), ...ownFamilies(eachApi)];
}

function countFamilies(eachApi: EachApi): MetricFamily[] {
  return [
    ...meter(
      bean("RequestsPerSec"),
      "Requests handled.",
      eachApi((sink, { name, versions }) => versions.forEach((count, version) => sink(labelText({ request: name, version }), count))),
    ),
    ...meter(
      bean("ErrorsPerSec"),
      "Error codes told in answers, NONE included; an answer about several things tells several.",
      eachApi((sink, { name, errors }) => {
        for (const [code, count] of errors) sink(labelText({ request: name, error: errorInfo(code).name }), count);
      }),
    ),
  ];
}

function timeFamilies({ stats }: RequestObserver, clock: Clock): MetricFamily[] {
  const times = (name: string, help: string, of: (api: ApiStats) => LatencyHistogram): MetricFamily[] =>
    timer(bean(name), help, clock, function* () {
      for (const api of stats) yield [{ request: api.name }, of(api)];
    });
  return [
    ...times("TotalTimeMs", "From a request's arrival at its handler to its answer", (api) => api.totalTime),
    ...times("LocalTimeMs", "How long a request held the loop when it came in", (api) => api.localTime),
    ...times("RemoteTimeMs", "How long a request waited: for records, members or the disk", (api) => api.remoteTime),
    ...times("ThrottleTimeMs", "For how long a client was told to be quiet", (api) => api.throttleTime),
  ];
}

function ownFamilies(eachApi: EachApi): MetricFamily[] {
  return [
    own(
      "ottla_request_duration_seconds",
      "histogram",
      "From a request's arrival at its handler to its answer, waiting included.",
      eachApi((sink, { name, totalTime }) => {
        const request = labelText({ request: name });
        const open = request.slice(0, -1);
        totalTime.cumulative().forEach((count, i) => sink(`${open},le="${latencyBoundsMs[i]! / 1000}"}`, count, "_bucket"));
        sink(`${open},le="+Inf"}`, totalTime.count, "_bucket");
        sink(request, totalTime.sumMs / 1000, "_sum");
        sink(request, totalTime.count, "_count");
      }),
    ),
    own(
      "ottla_request_bytes_total",
      "counter",
      "Bytes of requests.",
      eachApi((sink, { name, requestBytes }) => sink(labelText({ request: name }), requestBytes)),
    ),
    own(
      "ottla_request_turn_longest_seconds",
      "gauge",
      "The longest time that one request kept all others waiting, since the start.",
      eachApi((sink, { name, longestTurnMs }) => sink(labelText({ request: name }), longestTurnMs / 1000)),
    ),
    own(
      "ottla_request_closed_connections_total",
      "counter",
      "Requests that ended their connection.",
      eachApi((sink, { name, closed }) => sink(labelText({ request: name }), closed)),
    ),
  ];
}
