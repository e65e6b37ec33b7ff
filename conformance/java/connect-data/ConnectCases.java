import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/** Answers each line, a case for a transform, a predicate or a converter of Apache Connect, with what comes out of it. */
public final class ConnectCases {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    BufferedWriter out = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      ObjectNode answer;
      try {
        answer = answer(JSON.readTree(line));
      } catch (Throwable error) {
        answer = JSON.createObjectNode();
        answer.put("error", error.getClass().getSimpleName() + ": " + error.getMessage());
      }
      out.write(JSON.writeValueAsString(answer));
      out.write('\n');
      if (!in.ready()) out.flush();
    }
    out.flush();
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static ObjectNode answer(JsonNode asked) throws Exception {
    ObjectNode answer = JSON.createObjectNode();
    switch (asked.get("kind").textValue()) {
      case "transform" -> {
        ConnectRecord<?> record = transform(asked);
        if (record == null) answer.put("dropped", true);
        else answer.set("record", recordJson(record));
      }
      case "predicate" -> {
        Predicate predicate = (Predicate) made(asked.get("class").textValue());
        predicate.configure(config(asked.get("config")));
        answer.put("truth", predicate.test(record(asked.get("record"))));
      }
      case "write" -> {
        Converter converter = converter(asked);
        Schema schema = schema(asked.get("schema"));
        byte[] bytes = converter.fromConnectData("t", schema, value(schema, asked.get("value")));
        answer.put("bytes", bytes == null ? null : Base64.getEncoder().encodeToString(bytes));
      }
      case "read" -> {
        JsonNode bytes = asked.get("bytes");
        SchemaAndValue read = converter(asked).toConnectData("t", bytes.isNull() ? null : Base64.getDecoder().decode(bytes.textValue()));
        put(answer, read);
      }
      case "write-header" -> {
        HeaderConverter converter = headerConverter(asked);
        Schema schema = schema(asked.get("schema"));
        byte[] bytes = converter.fromConnectHeader("t", "h", schema, value(schema, asked.get("value")));
        answer.put("bytes", bytes == null ? null : Base64.getEncoder().encodeToString(bytes));
      }
      case "read-header" -> put(answer, headerConverter(asked).toConnectHeader("t", "h", Base64.getDecoder().decode(asked.get("bytes").textValue())));
      default -> throw new IllegalArgumentException("no such kind");
    }
    return answer;
  }

  private static void put(ObjectNode answer, SchemaAndValue read) {
    answer.set("schema", schemaJson(read == null ? null : read.schema()));
    answer.set("value", read == null ? JSON.nullNode() : valueJson(read.schema(), read.value()));
  }

  private static Object made(String name) throws Exception {
    return Class.forName(name).getDeclaredConstructor().newInstance();
  }

  static Map<String, Object> config(JsonNode json) {
    Map<String, Object> config = new HashMap<>();
    json.properties().forEach(entry -> config.put(entry.getKey(), entry.getValue().textValue()));
    return config;
  }

  private static Converter converter(JsonNode asked) throws Exception {
    Converter converter = (Converter) made(asked.get("class").textValue());
    converter.configure(config(asked.get("config")), false);
    return converter;
  }

  private static HeaderConverter headerConverter(JsonNode asked) throws Exception {
    HeaderConverter converter = (HeaderConverter) made(asked.get("class").textValue());
    Map<String, Object> config = config(asked.get("config"));
    config.put("converter.type", "header");
    converter.configure(config);
    return converter;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static ConnectRecord<?> transform(JsonNode asked) throws Exception {
    ConnectRecord record = record(asked.get("record"));
    for (JsonNode step : asked.get("steps")) {
      Transformation transformation = (Transformation) made(step.get("class").textValue());
      transformation.configure(config(step.get("config")));
      record = transformation.apply(record);
      if (record == null) return null;
    }
    return record;
  }

  private static ConnectRecord<?> record(JsonNode json) {
    return record(json, schema(json.get("valueSchema")));
  }

  static ConnectRecord<?> record(JsonNode json, Schema valueSchema) {
    ConnectHeaders headers = new ConnectHeaders();
    for (JsonNode header : json.get("headers")) {
      Schema schema = schema(header.get(1));
      headers.add(header.get(0).textValue(), new SchemaAndValue(schema, value(schema, header.get(2))));
    }
    String topic = json.get("topic").textValue();
    Integer partition = json.get("partition").isNull() ? null : json.get("partition").intValue();
    Schema keySchema = schema(json.get("keySchema"));
    Object key = value(keySchema, json.get("key"));
    Object value = value(valueSchema, json.get("value"));
    Long timestamp = json.get("timestampMs").isNull() ? null : json.get("timestampMs").longValue();
    if (json.get("offset").isNull())
      return new SourceRecord(Map.of("p", 1), Map.of("o", 1), topic, partition, keySchema, key, valueSchema, value, timestamp, headers);
    long offset = Long.parseLong(json.get("offset").textValue());
    return new SinkRecord(topic, partition, keySchema, key, valueSchema, value, offset, timestamp, TimestampType.CREATE_TIME, headers);
  }

  private static ObjectNode recordJson(ConnectRecord<?> record) {
    ObjectNode json = JSON.createObjectNode();
    json.put("topic", record.topic());
    json.put("partition", record.kafkaPartition());
    json.set("keySchema", schemaJson(record.keySchema()));
    json.set("key", valueJson(record.keySchema(), record.key()));
    json.set("valueSchema", schemaJson(record.valueSchema()));
    json.set("value", valueJson(record.valueSchema(), record.value()));
    ArrayNode headers = json.putArray("headers");
    for (Header header : record.headers()) {
      ArrayNode own = headers.addArray();
      own.add(header.key());
      own.add(schemaJson(header.schema()));
      own.add(valueJson(header.schema(), header.value()));
    }
    json.put("timestampMs", record.timestamp());
    return json;
  }

  private static final Map<String, Schema.Type> TYPES =
      Map.ofEntries(
          Map.entry("int8", Schema.Type.INT8),
          Map.entry("int16", Schema.Type.INT16),
          Map.entry("int32", Schema.Type.INT32),
          Map.entry("int64", Schema.Type.INT64),
          Map.entry("float", Schema.Type.FLOAT32),
          Map.entry("double", Schema.Type.FLOAT64),
          Map.entry("boolean", Schema.Type.BOOLEAN),
          Map.entry("string", Schema.Type.STRING),
          Map.entry("bytes", Schema.Type.BYTES),
          Map.entry("array", Schema.Type.ARRAY),
          Map.entry("map", Schema.Type.MAP),
          Map.entry("struct", Schema.Type.STRUCT));

  static Schema schema(JsonNode json) {
    if (json == null || json.isNull()) return null;
    Schema.Type type = TYPES.get(json.get("type").textValue());
    SchemaBuilder builder =
        switch (type) {
          case ARRAY -> SchemaBuilder.array(schema(json.get("items")));
          case MAP -> SchemaBuilder.map(schema(json.get("keys")), schema(json.get("values")));
          default -> new SchemaBuilder(type);
        };
    if (type == Schema.Type.STRUCT) for (JsonNode field : json.get("fields")) builder.field(field.get(0).textValue(), schema(field.get(1)));
    if (json.get("optional").booleanValue()) builder.optional();
    if (json.has("name")) builder.name(json.get("name").textValue());
    if (json.has("version")) builder.version(json.get("version").intValue());
    if (json.has("doc")) builder.doc(json.get("doc").textValue());
    if (json.has("parameters")) json.get("parameters").properties().forEach(entry -> builder.parameter(entry.getKey(), entry.getValue().textValue()));
    if (json.has("default")) builder.defaultValue(value(builder, json.get("default")));
    return builder.build();
  }

  private static JsonNode schemaJson(Schema schema) {
    if (schema == null) return JSON.nullNode();
    ObjectNode json = JSON.createObjectNode();
    String type = switch (schema.type()) {
      case FLOAT32 -> "float";
      case FLOAT64 -> "double";
      default -> schema.type().getName();
    };
    json.put("type", type);
    if (schema.type() == Schema.Type.ARRAY) json.set("items", schemaJson(schema.valueSchema()));
    if (schema.type() == Schema.Type.MAP) {
      json.set("keys", schemaJson(schema.keySchema()));
      json.set("values", schemaJson(schema.valueSchema()));
    }
    if (schema.type() == Schema.Type.STRUCT) {
      ArrayNode fields = json.putArray("fields");
      for (Field field : schema.fields()) fields.addArray().add(field.name()).add(schemaJson(field.schema()));
    }
    json.put("optional", schema.isOptional());
    if (schema.name() != null) json.put("name", schema.name());
    if (schema.version() != null) json.put("version", schema.version());
    if (schema.doc() != null) json.put("doc", schema.doc());
    if (schema.parameters() != null) {
      ObjectNode parameters = json.putObject("parameters");
      new TreeMap<>(schema.parameters()).forEach(parameters::put);
    }
    if (schema.defaultValue() != null) json.set("default", valueJson(schema, schema.defaultValue()));
    return json;
  }

  /** A value as a list whose first element is a word for what it is. */
  static Object value(Schema schema, JsonNode json) {
    if (json == null || json.isNull()) return null;
    JsonNode content = json.get(1);
    switch (json.get(0).textValue()) {
      case "i8":
        return (byte) content.intValue();
      case "i16":
        return (short) content.intValue();
      case "i32":
        return content.intValue();
      case "i64":
        return Long.parseLong(content.textValue());
      case "f":
        return Float.intBitsToFloat(Integer.parseUnsignedInt(content.textValue(), 16));
      case "d":
        return Double.longBitsToDouble(Long.parseUnsignedLong(content.textValue(), 16));
      case "z":
        return content.booleanValue();
      case "s":
        return content.textValue();
      case "b":
        return Base64.getDecoder().decode(content.textValue());
      case "date":
        return new java.util.Date(content.longValue());
      case "dec":
        return new BigDecimal(new BigInteger(content.textValue()), json.get(2).intValue());
      case "l":
        List<Object> list = new ArrayList<>();
        for (JsonNode item : content) list.add(value(schema == null ? null : schema.valueSchema(), item));
        return list;
      case "m":
        Map<Object, Object> map = new LinkedHashMap<>();
        for (JsonNode entry : content)
          map.put(value(schema == null ? null : schema.keySchema(), entry.get(0)), value(schema == null ? null : schema.valueSchema(), entry.get(1)));
        return map;
      case "o":
        Struct struct = new Struct(schema instanceof SchemaBuilder builder ? builder.build() : schema);
        for (JsonNode entry : content) struct.put(entry.get(0).textValue(), value(schema.field(entry.get(0).textValue()).schema(), entry.get(1)));
        return struct;
      default:
        throw new IllegalArgumentException("no such value");
    }
  }

  private static ArrayNode tagged(String tag) {
    return JSON.createArrayNode().add(tag);
  }

  private static JsonNode valueJson(Schema schema, Object value) {
    if (value == null) return JSON.nullNode();
    boolean plain = schema == null;
    if (value instanceof Byte own) return plain ? tagged("i64").add(own.toString()) : tagged("i8").add(own);
    if (value instanceof Short own) return plain ? tagged("i64").add(own.toString()) : tagged("i16").add(own);
    if (value instanceof Integer own) return plain ? tagged("i64").add(own.toString()) : tagged("i32").add(own);
    if (value instanceof Long own) return tagged("i64").add(own.toString());
    if (value instanceof BigInteger own) return tagged("i64").add(own.toString());
    if (value instanceof Float own && plain) return valueJson(null, own.doubleValue());
    if (value instanceof Float own) return tagged("f").add(String.format("%08x", Float.floatToIntBits(own)));
    if (value instanceof Double own) {
      // A number without a schema is one thing there, however it is written.
      if (plain && own == Math.rint(own) && Math.abs(own) < 9007199254740992.0) return tagged("i64").add(Long.toString(own.longValue()));
      return tagged("d").add(String.format("%016x", Double.doubleToLongBits(own)));
    }
    if (value instanceof Boolean own) return tagged("z").add(own);
    if (value instanceof String own) return tagged("s").add(own);
    if (value instanceof byte[] own) return tagged("b").add(Base64.getEncoder().encodeToString(own));
    if (value instanceof ByteBuffer own) {
      byte[] bytes = new byte[own.remaining()];
      own.duplicate().get(bytes);
      return tagged("b").add(Base64.getEncoder().encodeToString(bytes));
    }
    if (value instanceof java.util.Date own) return tagged("date").add(own.getTime());
    if (value instanceof BigDecimal own) return tagged("dec").add(own.unscaledValue().toString()).add(own.scale());
    if (value instanceof List<?> own) {
      ArrayNode items = JSON.createArrayNode();
      for (Object item : own) items.add(valueJson(plain ? null : schema.valueSchema(), item));
      return tagged("l").add(items);
    }
    if (value instanceof Map<?, ?> own) {
      TreeMap<String, ArrayNode> sorted = new TreeMap<>();
      for (Map.Entry<?, ?> entry : own.entrySet()) {
        ArrayNode pair = JSON.createArrayNode();
        pair.add(valueJson(plain ? null : schema.keySchema(), entry.getKey()));
        pair.add(valueJson(plain ? null : schema.valueSchema(), entry.getValue()));
        sorted.put(pair.get(0).toString(), pair);
      }
      ArrayNode entries = JSON.createArrayNode();
      sorted.values().forEach(entries::add);
      return tagged("m").add(entries);
    }
    if (value instanceof Struct own) {
      ArrayNode fields = JSON.createArrayNode();
      for (Field field : own.schema().fields()) {
        ArrayNode pair = fields.addArray();
        pair.add(field.name());
        pair.add(valueJson(field.schema(), own.getWithoutDefault(field.name())));
      }
      return tagged("o").add(fields);
    }
    throw new IllegalArgumentException("a value of " + value.getClass());
  }
}
