import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.transforms.Transformation;

/** Records per second of CPU through the chain that the first line names, and through JSON, for each line "go" that comes. */
public final class ConnectBench {
  private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  @SuppressWarnings({"unchecked", "rawtypes"})
  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    JsonNode asked = new ObjectMapper().readTree(in.readLine());
    List<Transformation> chain = new ArrayList<>();
    for (JsonNode step : asked.get("steps")) {
      Transformation transformation = (Transformation) Class.forName(step.get("class").textValue()).getDeclaredConstructor().newInstance();
      transformation.configure(ConnectCases.config(step.get("config")));
      chain.add(transformation);
    }
    // One schema for all records, as from one source.
    List<ConnectRecord> records = new ArrayList<>();
    Schema schema = ConnectCases.schema(asked.get("records").get(0).get("valueSchema"));
    for (JsonNode record : asked.get("records")) records.add(ConnectCases.record(record, schema));
    JsonConverter withSchema = converter(true);
    JsonConverter plain = converter(false);
    List<byte[]> envelopes = new ArrayList<>();
    List<byte[]> texts = new ArrayList<>();
    for (ConnectRecord record : records) {
      envelopes.add(withSchema.fromConnectData("t", record.valueSchema(), record.value()));
      texts.add(plain.fromConnectData("t", record.valueSchema(), record.value()));
    }
    int seconds = Integer.parseInt(args[0]);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      measure("chain of five transforms", seconds, records.size(), index -> {
        ConnectRecord record = records.get(index);
        for (Transformation transformation : chain) record = transformation.apply(record);
        return record.topic().length();
      });
      measure("JSON with schema, written", seconds, records.size(), index -> withSchema.fromConnectData("t", records.get(index).valueSchema(), records.get(index).value()).length);
      measure("JSON with schema, read", seconds, records.size(), index -> withSchema.toConnectData("t", envelopes.get(index)).schema().fields().size());
      measure("JSON without schema, written", seconds, records.size(), index -> plain.fromConnectData("t", records.get(index).valueSchema(), records.get(index).value()).length);
      measure("JSON without schema, read", seconds, records.size(), index -> ((Map<?, ?>) plain.toConnectData("t", texts.get(index)).value()).size());
      System.out.println("done");
    }
  }

  private interface Work {
    int run(int index);
  }

  private static JsonConverter converter(boolean schemas) {
    JsonConverter converter = new JsonConverter();
    converter.configure(Map.of("schemas.enable", String.valueOf(schemas)), false);
    return converter;
  }

  private static void measure(String what, int seconds, int records, Work work) {
    long until = System.nanoTime() + seconds * 1_000_000_000L;
    long cpu = SYSTEM.getProcessCpuTime();
    long done = 0;
    long sum = 0;
    while (System.nanoTime() < until) {
      for (int index = 0; index < records; index++) sum += work.run(index);
      done += records;
    }
    double used = (SYSTEM.getProcessCpuTime() - cpu) / 1e9;
    System.out.println("{\"what\":\"" + what + "\",\"perSecond\":" + (done / used) + ",\"sum\":" + sum + "}");
  }
}
