/** Topics that an application made for itself. */
export interface ApplicationTopics {
  readonly changelogs: readonly string[];
  readonly repartitions: readonly string[];
  /** Of joins by foreign key. */
  readonly subscriptions: readonly string[];
}

const SUBSCRIPTION = /(?:-subscription-(?:registration|response)-topic|-KTABLE-FK-JOIN-SUBSCRIPTION-(?:REGISTRATION|RESPONSE)-\d+-topic)$/;

/** Those among these topics that are an application's own, as Kafka's reset tool finds them: by the beginning and the end of their names. Of an id that is the beginning of another one (`app` and `app-2`) it has those of both, too. */
export function applicationTopics(applicationId: string, topics: readonly string[]): ApplicationTopics {
  const own = topics.filter((topic) => topic.startsWith(`${applicationId}-`)).sort();
  return {
    changelogs: own.filter((topic) => topic.endsWith("-changelog")),
    repartitions: own.filter((topic) => topic.endsWith("-repartition")),
    subscriptions: own.filter((topic) => SUBSCRIPTION.test(topic)),
  };
}
