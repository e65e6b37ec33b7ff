import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;

/** Prints every table of settings that the jars on its class path have: a JSON object of scopes, read by config-catalogue.ts. What a version lacks is left out. */
public final class ConfigCatalogue {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[][] TABLES = {
    {"broker", "org.apache.kafka.server.config.AbstractKafkaConfig"},
    {"topic", "org.apache.kafka.storage.internals.log.LogConfig"},
    {"group", "org.apache.kafka.coordinator.group.GroupConfig"},
    {"producer", "org.apache.kafka.clients.producer.ProducerConfig"},
    {"consumer", "org.apache.kafka.clients.consumer.ConsumerConfig"},
    {"admin", "org.apache.kafka.clients.admin.AdminClientConfig"},
    {"streams", "org.apache.kafka.streams.StreamsConfig"},
    {"connectWorker", "org.apache.kafka.connect.runtime.distributed.DistributedConfig"},
    {"connectStandalone", "org.apache.kafka.connect.runtime.standalone.StandaloneConfig"},
    {"sourceConnector", "org.apache.kafka.connect.runtime.SourceConnectorConfig"},
    {"sinkConnector", "org.apache.kafka.connect.runtime.SinkConnectorConfig"},
  };

  public static void main(String[] args) throws Exception {
    ObjectNode scopes = JSON.createObjectNode();
    for (String[] table : TABLES) {
      ConfigDef def = definitionOf(table[1]);
      if (def == null) System.err.println("no table of " + table[0]);
      else scopes.set(table[0], settings(def));
    }
    System.out.println(JSON.writeValueAsString(scopes));
  }

  /** The class's own table, by whichever of the names that Kafka's classes use it goes. */
  private static ConfigDef definitionOf(String className) throws Exception {
    Class<?> type;
    try {
      type = Class.forName(className);
    } catch (ClassNotFoundException missing) {
      return null;
    }
    for (String name : new String[] {"configDefCopy", "configDef", "config"})
      for (Method method : type.getDeclaredMethods()) {
        if (!method.getName().equals(name) || !Modifier.isStatic(method.getModifiers()) || !ConfigDef.class.isAssignableFrom(method.getReturnType())) continue;
        method.setAccessible(true);
        if (method.getParameterCount() == 0) return (ConfigDef) method.invoke(null);
        if (method.getParameterCount() != 1) continue;
        Class<?> crypto = method.getParameterTypes()[0];
        if (!crypto.getSimpleName().equals("Crypto")) continue;
        Field system = crypto.getDeclaredField("SYSTEM");
        system.setAccessible(true);
        return (ConfigDef) method.invoke(null, system.get(null));
      }
    for (String name : new String[] {"CONFIG_DEF", "CONFIG"})
      for (Field field : type.getDeclaredFields()) {
        if (!field.getName().equals(name) || !ConfigDef.class.isAssignableFrom(field.getType())) continue;
        field.setAccessible(true);
        return (ConfigDef) field.get(null);
      }
    return null;
  }

  private static ArrayNode settings(ConfigDef def) {
    ArrayNode settings = JSON.createArrayNode();
    for (ConfigDef.ConfigKey key : new TreeMap<>(def.configKeys()).values()) {
      String value = key.hasDefault() ? ConfigDef.convertToString(key.defaultValue, key.type) : "<none>";
      settings.addArray()
          .add(key.name)
          .add(key.type.toString().toLowerCase())
          .add(value)
          .add(key.validator == null ? null : validator(key))
          .add(key.importance.toString().toLowerCase())
          .add(key.internalConfig);
    }
    return settings;
  }

  /** Validators without words print their address, which says nothing. */
  private static String validator(ConfigDef.ConfigKey key) {
    String text = key.validator.toString();
    return text.contains("@") || text.contains("$$Lambda") ? null : text;
  }
}
