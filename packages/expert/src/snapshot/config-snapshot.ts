/** Where a value comes from, by the names of Kafka's DescribeConfigs. */
export type ConfigValueSource =
  | "unknown"
  | "dynamicTopic"
  | "dynamicBroker"
  | "dynamicDefaultBroker"
  | "staticBroker"
  | "default"
  | "dynamicBrokerLogger"
  | "dynamicClientMetrics"
  | "dynamicGroup";

/** One setting as the cluster tells it. */
export interface ConfigValue {
  /** Null when unset, or secret. */
  readonly value: string | null;
  /** `staticBroker` stands in the broker's file; `dynamicBroker`, `dynamicDefaultBroker` and `dynamicTopic` can be changed at run time; `default` is Kafka's. */
  readonly source: ConfigValueSource;
  readonly sensitive?: true;
  /** It can only be changed in the broker's file. */
  readonly readOnly?: true;
}

/** Settings by name, as in Kafka's files. */
export type Configs = Readonly<Record<string, ConfigValue>>;
