import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.config.ConfigSynonym;
import org.apache.kafka.server.config.DynamicBrokerConfig;
import org.apache.kafka.server.config.QuotaConfig;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.apache.kafka.server.metrics.ClientMetricsConfigs;
import org.apache.kafka.storage.internals.log.LogConfig;

/** Prints what Apache Kafka's own tables say of its settings: one JSON object, read by config-facts.ts. */
public final class ConfigFacts {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    ObjectNode facts = JSON.createObjectNode();
    facts.set("topic", settings(LogConfig.configDefCopy()));
    facts.set("broker", settings(AbstractKafkaConfig.CONFIG_DEF));
    facts.set("brokerQuota", settings(QuotaConfig.brokerQuotaConfigs()));
    facts.set("group", settings(GroupConfig.CONFIG_DEF));
    facts.set("clientMetrics", settings(ClientMetricsConfigs.configDef()));
    facts.set("topicSynonyms", topicSynonyms());
    facts.set("brokerSynonyms", brokerSynonyms());
    ObjectNode groups = facts.putObject("groupSynonyms");
    for (String name : new TreeMap<>(GroupConfig.CONFIG_DEF.configKeys()).keySet()) groups.put(name, GroupConfig.brokerSynonym(name).orElse(null));
    ObjectNode modes = facts.putObject("updateModes");
    new TreeMap<>(DynamicBrokerConfig.dynamicConfigUpdateModes()).forEach(modes::put);
    System.out.println(JSON.writeValueAsString(facts));
  }

  private static ArrayNode settings(ConfigDef def) throws ReflectiveOperationException {
    ArrayNode settings = JSON.createArrayNode();
    for (ConfigDef.ConfigKey key : new TreeMap<>(def.configKeys()).values()) {
      String value = key.hasDefault() ? ConfigDef.convertToString(key.defaultValue, key.type) : "<none>";
      settings.addArray()
          .add(key.name)
          .add(key.type.toString().toLowerCase())
          .add(value)
          .add(validator(key))
          .add(key.importance.toString().toLowerCase())
          .add(key.internalConfig);
    }
    return settings;
  }

  /** As Kafka prints it; of a list also whether it may be empty, which Kafka does not print. */
  private static String validator(ConfigDef.ConfigKey key) throws ReflectiveOperationException {
    if (key.validator == null) return null;
    if (!(key.validator instanceof ConfigDef.ValidList)) return key.validator.toString();
    Field mayBeEmpty = ConfigDef.ValidList.class.getDeclaredField("isEmptyAllowed");
    mayBeEmpty.setAccessible(true);
    return ("list " + (mayBeEmpty.getBoolean(key.validator) ? "" : "non-empty ") + key.validator).trim();
  }

  private static ObjectNode topicSynonyms() {
    ObjectNode synonyms = JSON.createObjectNode();
    new TreeMap<>(ServerTopicConfigSynonyms.ALL_TOPIC_CONFIG_SYNONYMS).forEach((name, brokers) -> {
      ArrayNode names = synonyms.putArray(name);
      for (ConfigSynonym synonym : brokers) names.add(synonym.name() + factor(synonym));
    });
    return synonyms;
  }

  /** What one of the synonym's unit is in the setting's own: "*60000" for minutes; nothing where both are the same. */
  private static String factor(ConfigSynonym synonym) {
    try {
      String one = synonym.converter().apply("1");
      return one.equals("1") ? "" : "*" + one;
    } catch (RuntimeException noNumber) {
      return "";
    }
  }

  private static ObjectNode brokerSynonyms() {
    Set<String> names = new LinkedHashSet<>(new TreeMap<>(AbstractKafkaConfig.CONFIG_DEF.configKeys()).keySet());
    ObjectNode synonyms = JSON.createObjectNode();
    for (String name : names) {
      List<String> chain = new ArrayList<>(DynamicBrokerConfig.brokerConfigSynonyms(name, true));
      if (chain.size() < 2) continue;
      ArrayNode array = synonyms.putArray(name);
      chain.forEach(array::add);
    }
    return synonyms;
  }
}
