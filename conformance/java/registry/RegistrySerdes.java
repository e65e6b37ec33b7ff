import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apache.flink.avro.shaded.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.avro.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.avro.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericDatumReader;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericRecord;
import org.apache.flink.avro.shaded.org.apache.avro.io.DecoderFactory;
import org.apache.flink.formats.avro.registry.confluent.ConfluentRegistryAvroDeserializationSchema;
import org.apache.flink.formats.avro.registry.confluent.ConfluentRegistryAvroSerializationSchema;

/** Apache Flink's serialisers, unchanged, a request of JSON a line: what is written registers its schema, what is read asks for its own. */
final class RegistrySerdes {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    String registry = args[0];
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      ObjectNode answer = JSON.createObjectNode();
      try {
        JsonNode request = JSON.readTree(line);
        Schema schema = new Schema.Parser().parse(request.get("schema").asText());
        if (request.get("do").asText().equals("write")) {
          String subject = request.get("topic").asText() + "-value";
          GenericRecord record =
              new GenericDatumReader<GenericRecord>(schema)
                  .read(null, DecoderFactory.get().jsonDecoder(schema, request.get("value").toString()));
          byte[] bytes = ConfluentRegistryAvroSerializationSchema.forGeneric(subject, schema, registry).serialize(record);
          answer.put("bytes", HexFormat.of().formatHex(bytes));
        } else {
          byte[] bytes = HexFormat.of().parseHex(request.get("bytes").asText());
          GenericRecord record = ConfluentRegistryAvroDeserializationSchema.forGeneric(schema, registry).deserialize(bytes);
          answer.set("value", JSON.readTree(record.toString()));
        }
      } catch (Throwable problem) {
        StringBuilder said = new StringBuilder();
        for (Throwable each = problem; each != null; each = each.getCause()) said.append(each).append("; ");
        answer.put("error", said.toString());
      }
      System.out.println(JSON.writeValueAsString(answer));
      System.out.flush();
    }
  }
}
