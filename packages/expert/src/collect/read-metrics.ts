import { OttlaError } from "@ottla/base";
import { addressed } from "./addressed.ts";
import { boundedText } from "./bounded-text.ts";

/** A page of metrics. */
export interface MetricsPage {
  /** As it is named in findings: `kafka-1:9404`, or a file's name. Never a login. */
  readonly page: string;
  readonly read: (timeoutMs: number, signal: AbortSignal) => Promise<string>;
}

const PAGE_BYTES_MAX = 64 * 1024 * 1024;

/** What an address without a path stands for: an exporter's page, or that of an Ottla Streams application. */
const PATHS = ["/metrics", "/v1/metrics"];

/**
 * A page in Prometheus's text format, or what an Ottla Streams application answers with at `/v1/metrics`. Of an address without a path both are tried. Reading rejects with `METRICS_UNREACHABLE`,
 * `METRICS_REFUSED`, `METRICS_TOO_LARGE`.
 * @throws TypeError, URIError for what is no address
 * @param url may have a login; it is in no message
 */
export function metricsPage(url: string): MetricsPage {
  if (!/^https?:\/\/[^/]/i.test(url)) throw new TypeError("A page of metrics has an address that begins with http:// or https://.");
  const { address, headers } = addressed(url);
  const page = address.pathname === "/" || address.pathname === "/metrics" ? address.host : `${address.host}${address.pathname}`;
  const paths = address.pathname === "/" ? PATHS : [address.pathname];
  return {
    page,
    read: async (timeoutMs, signal) => {
      const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      let status = 0;
      for (const path of paths) {
        const at = new URL(address);
        at.pathname = path;
        try {
          const response = await fetch(at, { headers, signal: within });
          if (response.ok)
            return await boundedText(response, PAGE_BYTES_MAX, {
              code: "METRICS_TOO_LARGE",
              message: `The page of metrics at ${address.origin} is larger than 64 MiB.`,
            });
          ({ status } = response);
          await response.body?.cancel();
        } catch (cause) {
          signal.throwIfAborted();
          if (cause instanceof OttlaError) throw cause;
          throw new OttlaError("METRICS_UNREACHABLE", `No page of metrics answers at ${address.origin}.`, { cause });
        }
      }
      throw new OttlaError("METRICS_REFUSED", `What answers at ${address.origin} has no page of metrics there: status ${status}.`);
    },
  };
}
