/** One piece of a regular expression that means the same to JavaScript and to RE2, which Kafka's coordinators match names with. */
const SHARED_PIECE =
  /\\[dDwW.*+?^$()[\]{}|/\\-]|\[\^?(?:\\[dDwW.*+?^$()[\]{}|/\\-]|[\w.,:;!#%@~ -])+\]|\(\?:|\((?!\?)|[)|^$.*+?]|\{\d{1,2}(?:,\d{0,2})?\}|[\w,:;!#%@~ -]/y;

/** No topic of these names is created by an application; a pattern that takes one in is matched by the client, which can leave them out. */
const INTERNAL_TOPICS = ["__consumer_offsets", "__transaction_state", "__share_group_state"];

/**
 * The pattern for a coordinator that matches exactly the topics that the JavaScript expression matches, or undefined when there is none: then the client
 * has to match. Kafka's coordinators want the whole name to match, JavaScript any part of it.
 */
export function serverPatternOf(expression: RegExp, options: { readonly excludeInternal: boolean }): string | undefined {
  const { source, flags } = expression;
  if (/[vy]/.test(flags) || !isShared(source)) return undefined;
  const test = new RegExp(source, flags.replace("g", ""));
  if (options.excludeInternal && INTERNAL_TOPICS.some((name) => test.test(name))) return undefined;
  return `${flags.includes("i") ? "(?i)" : ""}.*(?:${source}).*`;
}

function isShared(source: string): boolean {
  // Several counts may multiply beyond what RE2 takes, and a class as the end of a range is an error to it.
  if ((source.match(/\{/g)?.length ?? 0) > 1 || /\[[^\]]*(?:-\\[dDwW]|\\[dDwW]-)/.test(source)) return false;
  for (let at = 0; at < source.length; at = SHARED_PIECE.lastIndex) {
    SHARED_PIECE.lastIndex = at;
    if (!SHARED_PIECE.test(source)) return false;
  }
  return true;
}
