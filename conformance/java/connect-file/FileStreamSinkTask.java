package org.apache.kafka.connect.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** Adds each value as a line. */
public final class FileStreamSinkTask extends SinkTask {
  private String file;
  public void start(Map<String, String> props) { file = props.get("file"); }
  public void put(Collection<SinkRecord> records) {
    try (Writer out = Files.newBufferedWriter(Path.of(file), StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (SinkRecord record : records) out.write(record.value() + "\n");
    } catch (IOException e) { throw new UncheckedIOException(e); }
  }
  public void flush(Map<TopicPartition, OffsetAndMetadata> offsets) {}
  public void stop() {}
  public String version() { return "1.0.0"; }
}
