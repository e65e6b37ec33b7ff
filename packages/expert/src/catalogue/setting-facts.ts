/** What Kafka's tables say of a setting: type, importance, validator as Kafka prints it, its defaults, the first version that knows it, and the first that does not any more. */
export type SettingFacts = readonly [
  type: string,
  importance: string,
  validator: string | null,
  /** `[version from which on, text]`, oldest first; `<none>` where it must be given, null where nothing is the default. */
  defaults: readonly (readonly [since: string, text: string | null])[],
  since: string | undefined,
  until: string | undefined,
];
