/** Where a value comes from, in the numbers of DescribeConfigs. */
export const ConfigSource = {
  TOPIC: 1,
  BROKER: 2,
  DEFAULT_BROKER: 3,
  STATIC: 4,
  DEFAULT: 5,
  CLIENT_METRICS: 7,
  GROUP: 8,
} as const;

export type ConfigSource = (typeof ConfigSource)[keyof typeof ConfigSource];
