package org.apache.kafka.connect.file;

import org.apache.kafka.common.config.ConfigDef;

/** Settings of both. */
final class Definitions {
  static final ConfigDef SOURCE = new ConfigDef()
      .define("file", ConfigDef.Type.STRING, ConfigDef.NO_DEFAULT_VALUE, ConfigDef.Importance.HIGH, "")
      .define("topic", ConfigDef.Type.STRING, ConfigDef.NO_DEFAULT_VALUE, ConfigDef.Importance.HIGH, "")
      .define("batch.size", ConfigDef.Type.INT, 2000, ConfigDef.Range.atLeast(1), ConfigDef.Importance.LOW, "");
  static final ConfigDef SINK = new ConfigDef()
      .define("file", ConfigDef.Type.STRING, ConfigDef.NO_DEFAULT_VALUE, ConfigDef.Importance.HIGH, "");

}
