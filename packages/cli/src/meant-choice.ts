/** A choice as it is spelt here, however others spell it: `DESCRIBE_CONFIGS` and `DescribeConfigs` of Kafka's tools are `describe-configs`. Undefined where it is none. */
export function meantChoice(choices: readonly string[], text: string): string | undefined {
  if (choices.includes(text)) return text;
  const [meant, another] = choices.filter((choice) => spelling(choice) === spelling(text));
  return another === undefined ? meant : undefined;
}

/** Without case, and without what stands between words. */
function spelling(text: string): string {
  return text.toLowerCase().replace(/(?<=[a-z])[-_](?=[a-z])/g, "");
}
