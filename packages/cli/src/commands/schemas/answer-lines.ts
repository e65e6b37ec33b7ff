/**
 * What a registry says about compatibility, for people: `{errorType:'KIND', description:'…', additionalInfo:'/place'}` becomes a line with kind, place and sentence; old schemas, which are long, are left
 * out. What looks otherwise is shown as it is.
 */
export function answerLines(messages: readonly string[]): readonly string[] {
  let version: string | undefined;
  const lines: string[] = [];
  const pending: string[] = [];
  for (const message of messages) {
    const kind = /errorType\s*:\s*'([^']*)'/.exec(message)?.[1];
    const old = /^\{oldSchemaVersion:\s*(-?\d+)\}/.exec(message)?.[1];
    if (kind !== undefined) {
      const description = /description\s*:\s*'(.*?)'\s*(?:,\s*additionalInfo|\})/s.exec(message)?.[1] ?? message;
      const place = /additionalInfo\s*:\s*'(.*)'\s*\}?$/s.exec(message)?.[1];
      pending.push(`  ${kind}${place === undefined || place === "" ? "" : ` at ${place}`}: ${description}`);
    } else if (old !== undefined) {
      version = old;
      lines.push(`Against version ${version}:`, ...pending.splice(0));
    } else if (message.startsWith("{passesUnder:")) {
      const levels = /'([^']*)'/.exec(message)?.[1];
      if (levels !== undefined && levels !== "") lines.push(...pending.splice(0), `It would pass under ${levels}.`);
    } else if (!message.startsWith("{oldSchema:") && !message.startsWith("{compatibility:")) pending.push(`  ${message}`);
  }
  return [...lines, ...pending];
}
