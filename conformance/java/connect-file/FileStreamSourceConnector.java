package org.apache.kafka.connect.file;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceConnector;

/** A source of lines, with the name and the settings that ours stands for. */
public final class FileStreamSourceConnector extends SourceConnector {
  private Map<String, String> props;
  public void start(Map<String, String> props) { this.props = props; }
  public Class<? extends Task> taskClass() { return FileStreamSourceTask.class; }
  public List<Map<String, String>> taskConfigs(int max) { return List.of(props); }
  public void stop() {}
  public ConfigDef config() { return Definitions.SOURCE; }
  public String version() { return "1.0.0"; }
  public boolean alterOffsets(Map<String, String> config, Map<Map<String, ?>, Map<String, ?>> offsets) { return true; }
}
