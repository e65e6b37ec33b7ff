package org.apache.kafka.connect.file;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/** A sink of lines. */
public final class FileStreamSinkConnector extends SinkConnector {
  private Map<String, String> props;
  public void start(Map<String, String> props) { this.props = props; }
  public Class<? extends Task> taskClass() { return FileStreamSinkTask.class; }
  public List<Map<String, String>> taskConfigs(int max) { return Collections.nCopies(max, props); }
  public void stop() {}
  public ConfigDef config() { return Definitions.SINK; }
  public String version() { return "1.0.0"; }
  public boolean alterOffsets(Map<String, String> config, Map<TopicPartition, Long> offsets) { return true; }
}
