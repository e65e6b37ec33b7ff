import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import java.io.FileReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Debezium's embedded engine with the properties of a file. Every record becomes a line of tab-separated JSON texts on standard output: topic, key, value, headers, source offset.
 * It ends when standard input does.
 */
public final class DebeziumEvents {
  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), false, StandardCharsets.UTF_8);
    System.setOut(System.err);
    Properties properties = new Properties();
    try (FileReader reader = new FileReader(arguments[0], StandardCharsets.UTF_8)) {
      properties.load(reader);
    }
    JsonConverter keys = converter(true);
    JsonConverter values = converter(false);
    JsonConverter plain = new JsonConverter();
    plain.configure(Map.of("schemas.enable", "false"), false);
    DebeziumEngine<RecordChangeEvent<SourceRecord>> engine =
        DebeziumEngine.create(io.debezium.engine.format.ChangeEventFormat.of(Connect.class))
            .using(properties)
            .using((success, message, error) -> {
              System.err.println("engine: " + success + " " + message);
              if (error != null) error.printStackTrace();
              if (!success) System.exit(1);
            })
            .notifying((List<RecordChangeEvent<SourceRecord>> batch, DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer) -> {
              StringBuilder lines = new StringBuilder();
              for (RecordChangeEvent<SourceRecord> event : batch) {
                SourceRecord record = event.record();
                lines.append(record.topic()).append('\t');
                lines.append(text(keys.fromConnectData(record.topic(), record.keySchema(), record.key()))).append('\t');
                lines.append(text(values.fromConnectData(record.topic(), record.valueSchema(), record.value()))).append('\t');
                StringBuilder headers = new StringBuilder("{");
                for (Header header : record.headers()) {
                  if (headers.length() > 1) headers.append(',');
                  headers.append('"').append(header.key()).append("\":");
                  headers.append(text(values.fromConnectData(record.topic(), header.schema(), header.value())));
                }
                lines.append(headers).append("}\t");
                lines.append(text(plain.fromConnectData("", null, record.sourceOffset()))).append('\n');
                committer.markProcessed(event);
              }
              out.print(lines);
              out.flush();
              committer.markBatchFinished();
            })
            .build();
    ExecutorService executor = Executors.newSingleThreadExecutor();
    CountDownLatch ended = new CountDownLatch(1);
    executor.execute(() -> {
      engine.run();
      ended.countDown();
    });
    while (System.in.read() >= 0) {}
    engine.close();
    ended.await();
    System.exit(0);
  }

  private static JsonConverter converter(boolean isKey) {
    JsonConverter converter = new JsonConverter();
    converter.configure(Map.of("schemas.enable", "true"), isKey);
    return converter;
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "null" : new String(bytes, StandardCharsets.UTF_8);
  }
}
