const UNLIMITED = -1;

/**
 * Why a new value of a setting may lose records, refuse writes or cut clients off; undefined where it does not. Null is "taken away": what holds then is not known here.
 * Where the old value is not known either, the worst is assumed.
 */
export function riskOfSetting(name: string, value: string | null, old: string | undefined): string | undefined {
  const key = name.replace(/^log\./, "");
  switch (key) {
    case "unclean.leader.election.enable":
      return value === "false" ? undefined : "A replica that lacks records may become leader, and those records are lost.";
    case "retention.ms":
    case "retention.minutes":
    case "retention.hours":
    case "retention.bytes":
      return isAtLeast(value, old) ? undefined : "Records beyond the new retention are deleted for good.";
    case "cleanup.policy":
      return policyRisk(value, old);
    case "max.message.bytes":
    case "message.max.bytes":
      return isAtLeast(value, old) ? undefined : "Producers that send larger batches are refused.";
    case "min.insync.replicas":
      return isAtMost(value, old) ? undefined : "Writes with acks=all are refused while fewer replicas than that are in sync.";
    default:
      return /^(advertised\.)?listeners?(\.|$)|^(ssl|sasl)\./.test(key) ? "Clients may not reach the broker, or not log in." : undefined;
  }
}

/** −1 is more than every number. */
function isAtLeast(value: string | null, old: string | undefined): boolean {
  if (value === null) return false;
  const limit = Number(value);
  if (limit === UNLIMITED) return true;
  return old !== undefined && Number(old) !== UNLIMITED && limit >= Number(old);
}

function isAtMost(value: string | null, old: string | undefined): boolean {
  return value !== null && old !== undefined && Number(value) <= Number(old);
}

function policyRisk(value: string | null, old: string | undefined): string | undefined {
  const policies = (text: string): ReadonlySet<string> => new Set(text.split(",").map((each) => each.trim()));
  const after = policies(value ?? "delete");
  const before = policies(old ?? "");
  const gained = [...after].filter((policy) => policy !== "" && !before.has(policy));
  const words = gained.map((policy) => (policy === "compact" ? "all but the newest record of each key" : "records beyond the retention"));
  return words.length === 0 ? undefined : `It begins to delete ${words.join(" and ")}, for good.`;
}
