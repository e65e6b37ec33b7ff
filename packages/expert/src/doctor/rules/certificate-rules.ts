import { type ClusterView, count } from "../cluster-view.ts";
import type { ClusterContext, ClusterHit, ClusterRule } from "../cluster-rule.ts";
import type { CertificateFacts } from "../../snapshot/broker-snapshot.ts";
import { valueOf } from "../../snapshot/observed.ts";
import { exampleBroker, look } from "../example-cluster.ts";

const DAY_MS = 86_400_000;
const WARN_DAYS = 30;
const ERROR_DAYS = 7;
const HOST = "kafka-1.example.org";

/** Rules over what TLS listeners present. */
export const certificateRules: readonly ClusterRule[] = [
  {
    id: "SEC-05",
    name: "certificate",
    severity: "error",
    confidence: "high",
    harm: "soon",
    needs: ["certificates"],
    condition:
      "the certificate of a TLS listener is not valid now or expires within 7 days (a warning within 30), or is not for the host that the listener advertises",
    why: "From that moment on no client connects any more; with a name that is not the listener's none does now, but those that check no names.",
    fix: "Issue it anew for the advertised host, and put it in place: ssl.keystore.* of a listener can be changed at run time, broker by broker.",
    source: "Apache Kafka documentation, security; RFC 9525",
    thresholds: [
      {
        name: "warnBefore",
        meaning: "how long before its end a certificate is told",
        default: WARN_DAYS * DAY_MS,
        unit: "ms",
        least: DAY_MS,
        most: 365 * DAY_MS,
      },
      {
        name: "errorBefore",
        meaning: "how long before its end it is an error",
        default: ERROR_DAYS * DAY_MS,
        unit: "ms",
        least: DAY_MS,
        most: 365 * DAY_MS,
      },
    ],
    check: certificates,
    examples: [
      { observe: () => presented(7, [HOST]), hits: 1 },
      { observe: () => presented(29, [HOST]), hits: 1, severity: "warning" },
      { observe: () => presented(31, [HOST]), hits: 0 },
      { observe: () => presented(-1, [HOST]), hits: 1 },
      { observe: () => presented(90, ["kafka-2.example.org"]), hits: 1 },
      { observe: () => presented(90, ["*.example.org"]), hits: 0 },
      { observe: () => presented(90, ["*.org"]), hits: 1 },
    ],
  },
];

function certificates({ snapshot }: ClusterView, { threshold }: ClusterContext): ClusterHit[] {
  const left = { warnMs: threshold("warnBefore"), errorMs: threshold("errorBefore") };
  return snapshot.brokers.flatMap(({ nodeId, certificates: all }) =>
    (valueOf(all) ?? []).flatMap(({ listener, host, port, certificate }): ClusterHit[] => {
      const facts = valueOf(certificate);
      const wrong = facts && whatIsWrong(facts, host, snapshot.takenAtMs, left);
      if (!wrong) return [];
      const { validUntilMs, subject, names } = facts;
      return [
        {
          subject: `broker ${nodeId}`,
          message: `The certificate of broker ${nodeId}'s listener ${listener} ${wrong.what}.`,
          evidence: `${host}:${port} presents ${subject || "a certificate"} for ${names.join(", ") || "no host"}, valid until ${new Date(validUntilMs).toISOString()}`,
          severity: wrong.severity,
          harm: wrong.harm,
        },
      ];
    }),
  );
}

function whatIsWrong(
  { validFromMs, validUntilMs, names, subject }: CertificateFacts,
  host: string,
  nowMs: number,
  left: { readonly warnMs: number; readonly errorMs: number },
): (Required<Pick<ClusterHit, "severity" | "harm">> & { readonly what: string }) | undefined {
  const days = Math.floor((validUntilMs - nowMs) / DAY_MS);
  if (validUntilMs <= nowMs)
    return { what: days < -1 ? `has expired ${count(-days, "day")} ago` : "has expired", severity: "error", harm: "lost" };
  if (validFromMs > nowMs) return { what: `is not valid before ${new Date(validFromMs).toISOString()}`, severity: "error", harm: "lost" };
  // The common name counts for nothing where there are alternative names.
  if (!(names.length > 0 ? names : [subject]).some((name) => isFor(name, host)))
    return { what: `is not for ${host}, which that listener advertises`, severity: "error", harm: "lost" };
  if (days * DAY_MS >= left.warnMs) return undefined;
  return {
    what: days === 0 ? "expires within a day" : `expires in ${count(days, "day")}`,
    severity: days * DAY_MS <= left.errorMs ? "error" : "warning",
    harm: "soon",
  };
}

/** A star stands for one label, the first. */
function isFor(name: string, host: string): boolean {
  const [pattern, wanted] = [name.toLowerCase(), host.toLowerCase()];
  if (pattern === wanted) return true;
  return (
    pattern.startsWith("*.") &&
    !/^[\d.]+$|:/.test(host) &&
    wanted.slice(wanted.indexOf(".")) === pattern.slice(1) &&
    pattern.indexOf(".", 2) > 0
  );
}

function presented(days: number, names: readonly string[]) {
  const nowMs = Date.UTC(2026, 0, 1);
  const certificate = { value: { subject: "kafka", names, validFromMs: nowMs - 90 * DAY_MS, validUntilMs: nowMs + days * DAY_MS + 1 } };
  return look({ brokers: [exampleBroker(1, { certificates: { value: [{ listener: "CLIENTS", host: HOST, port: 9092, certificate }] } })] });
}
