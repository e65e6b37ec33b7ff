import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.apache.kafka.streams.errors.LogAndContinueProcessingExceptionHandler;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;
import org.apache.kafka.streams.test.TestRecord;

/** `StreamsJudge STATE-FOLDER`: runs each case (a line of JSON on standard input) through Java's TopologyTestDriver and answers with a line of JSON. */
public final class StreamsJudge {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HexFormat HEX = HexFormat.of();
    /** Of dead letters, what each language says in its own words. */
    private static final Set<String> OF_LANGUAGE =
        Set.of("__streams.errors.exception", "__streams.errors.message", "__streams.errors.stacktrace");
    /** A case ends with the step after which so many records were written, as Ottla's does. */
    private static final int PRODUCED_MAX = 20_000;
    private static final Field OUTPUTS = driverField("outputRecordsByTopic");

    private StreamsJudge() {}

    private static Field driverField(String name) {
        try {
            Field field = TopologyTestDriver.class.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException problem) {
            throw new IllegalStateException("this version of the driver has no " + name, problem);
        }
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8), 1 << 20);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            StringWriter answer = new StringWriter();
            try (JsonGenerator json = JSON.getFactory().createGenerator(answer)) {
                judge(JSON.readTree(line), json, Path.of(arguments[0]));
            }
            out.println(answer);
            if (!in.ready()) out.flush();
        }
        out.flush();
    }

    private static Properties properties(JsonNode config, Path stateFolder) {
        Properties properties = new Properties();
        properties.put("application.id", "app");
        properties.put("bootstrap.servers", "none:1");
        properties.put("state.dir", stateFolder.toString());
        properties.put("statestore.cache.max.bytes", config.path("cacheMaxBytes").asText("0"));
        properties.put("default.key.serde", Serdes.StringSerde.class.getName());
        properties.put("default.value.serde", Serdes.StringSerde.class.getName());
        boolean isRemembering = config.path("rememberingStores").asBoolean();
        boolean isPersistent = config.path("persistent").asBoolean();
        Class<?> own = isPersistent ? BuiltInDslStoreSuppliers.RocksDBDslStoreSuppliers.class : BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class;
        Class<?> stores = isRemembering ? RememberingStores.class : own;
        properties.put("dsl.store.suppliers.class", stores.getName());
        properties.put("__emit.interval.ms.kstreams.windowed.aggregation__", 0L);
        properties.put("__emit.interval.ms.kstreams.outer.join.spurious.results.fix__", 0L);
        if (config.hasNonNull("optimization")) properties.put("topology.optimization", config.get("optimization").asText());
        if (config.path("requireNames").asBoolean()) properties.put("ensure.explicit.internal.resource.naming", true);
        if (config.hasNonNull("deadLetterTopic")) {
            properties.put("errors.dead.letter.queue.topic.name", config.get("deadLetterTopic").asText());
            properties.put("deserialization.exception.handler", LogAndContinueExceptionHandler.class.getName());
            Class<?> handler = config.path("rememberingSources").asBoolean() ? RememberingSources.class : LogAndContinueProcessingExceptionHandler.class;
            properties.put("processing.exception.handler", handler.getName());
        }
        return properties;
    }

    private static void judge(JsonNode asked, JsonGenerator json, Path states) throws IOException {
        Path stateFolder = Files.createTempDirectory(states, "case");
        int step = -1;
        TopologyTestDriver driver = null;
        json.writeStartObject();
        try {
            RememberingSources.forget();
            Properties properties = properties(asked.path("config"), stateFolder);
            StreamsBuilder builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(properties)));
            CaseTopology made = new CaseTopology(builder, asked.path("config").path("persistent").asBoolean());
            for (JsonNode statement : asked.get("topology")) made.add(statement);
            Topology topology = builder.build(properties);
            json.writeStringField("describe", topology.describe().toString());
            driver = new TopologyTestDriver(topology, properties, Instant.ofEpochMilli(0));
        } catch (RuntimeException problem) {
            if (driver != null) driver.close();
            driver = null;
            json.writeArrayFieldStart("steps");
            json.writeEndArray();
            writeError(json, step, problem);
        }
        if (driver != null) {
            RuntimeException problem = null;
            json.writeArrayFieldStart("steps");
            Map<String, TestInputTopic<byte[], byte[]>> topics = new HashMap<>();
            Outputs outputs = Outputs.of(driver);
            int produced = 0;
            for (JsonNode input : asked.get("inputs")) {
                step++;
                try {
                    pipe(driver, topics, input);
                } catch (RuntimeException caught) {
                    problem = caught;
                    break;
                }
                produced += writeProduced(json, outputs);
                if (produced > PRODUCED_MAX) break;
            }
            json.writeEndArray();
            json.writeNumberField("dropped", dropped(driver));
            if (problem != null) writeError(json, step, problem);
            try {
                driver.close();
            } catch (RuntimeException closing) {
                if (problem == null) writeError(json, step + 1, closing);
            }
        }
        json.writeEndObject();
        deleteAll(stateFolder);
    }

    /** An input is a number of milliseconds that pass, or [topic, key, value, timestamp, headers?]. */
    private static void pipe(TopologyTestDriver driver, Map<String, TestInputTopic<byte[], byte[]>> topics, JsonNode input) {
        if (input.isNumber()) {
            driver.advanceWallClockTime(Duration.ofMillis(input.asLong()));
            return;
        }
        TestInputTopic<byte[], byte[]> topic = topics.computeIfAbsent(
            input.get(0).asText(),
            name -> driver.createInputTopic(name, new ByteArraySerializer(), new ByteArraySerializer()));
        Headers headers = new RecordHeaders();
        if (input.size() > 4) for (JsonNode header : input.get(4)) headers.add(header.get(0).asText(), bytes(header.get(1)));
        RememberingSources.remember(input.get(0).asText(), bytes(input.get(1)), bytes(input.get(2)));
        topic.pipeInput(new TestRecord<>(bytes(input.get(1)), bytes(input.get(2)), headers, Long.parseLong(input.get(3).asText())));
    }

    private static byte[] bytes(JsonNode hex) {
        return hex.isNull() ? null : HEX.parseHex(hex.asText());
    }

    /** What the driver's producer was given, in that order: the driver itself keeps a queue for each topic, which it fills from the producer's history. */
    private static final class Outputs extends HashMap<String, Queue<ProducerRecord<byte[], byte[]>>> {
        private final List<ProducerRecord<byte[], byte[]>> inOrder = new ArrayList<>();
        private final Queue<ProducerRecord<byte[], byte[]>> all = new ArrayDeque<>() {
            @Override
            public boolean add(ProducerRecord<byte[], byte[]> record) {
                RememberingSources.remember(record.topic(), record.key(), record.value());
                return inOrder.add(record);
            }
        };

        @Override
        public Queue<ProducerRecord<byte[], byte[]>> computeIfAbsent(
            String topic, Function<? super String, ? extends Queue<ProducerRecord<byte[], byte[]>>> make) {
            return all;
        }

        static Outputs of(TopologyTestDriver driver) {
            try {
                Outputs outputs = new Outputs();
                // What was written while the driver began is in its queues, which are empty: no processor of a case writes then.
                OUTPUTS.set(driver, outputs);
                return outputs;
            } catch (IllegalAccessException problem) {
                throw new IllegalStateException(problem);
            }
        }
    }

    /** Returns how many there were. */
    private static int writeProduced(JsonGenerator json, Outputs outputs) throws IOException {
        json.writeStartArray();
        for (ProducerRecord<byte[], byte[]> record : outputs.inOrder) writeRecord(json, record);
        json.writeEndArray();
        int count = outputs.inOrder.size();
        outputs.inOrder.clear();
        return count;
    }

    private static void writeRecord(JsonGenerator json, ProducerRecord<byte[], byte[]> record) throws IOException {
        json.writeStartArray();
        json.writeString(record.topic());
        if (record.partition() == null) json.writeNull();
        else json.writeNumber(record.partition());
        writeHex(json, record.key());
        writeHex(json, record.value());
        Long timestamp = record.timestamp();
        if (timestamp == null) json.writeNull();
        else if (Math.abs(timestamp) > 1L << 53) json.writeString(Long.toString(timestamp));
        else json.writeNumber(timestamp);
        Header[] headers = record.headers().toArray();
        if (headers.length > 0) {
            json.writeStartArray();
            for (Header header : headers) {
                if (OF_LANGUAGE.contains(header.key())) continue;
                json.writeStartArray();
                json.writeString(header.key());
                writeHex(json, header.value());
                json.writeEndArray();
            }
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private static void writeHex(JsonGenerator json, byte[] bytes) throws IOException {
        if (bytes == null) json.writeNull();
        else json.writeString(HEX.formatHex(bytes));
    }

    private static long dropped(TopologyTestDriver driver) {
        return driver.metrics().entrySet().stream()
            .filter(entry -> entry.getKey().name().equals("dropped-records-total") && entry.getKey().group().equals("stream-task-metrics"))
            .mapToLong(entry -> Math.round((Double) entry.getValue().metricValue()))
            .sum();
    }

    private static void writeError(JsonGenerator json, int step, Throwable problem) throws IOException {
        StringBuilder message = new StringBuilder(String.valueOf(problem.getMessage()));
        for (Throwable cause = problem.getCause(); cause != null; cause = cause.getCause())
            message.append(" <- ").append(cause.getClass().getSimpleName()).append(": ").append(cause.getMessage());
        json.writeObjectFieldStart("error");
        json.writeNumberField("step", step);
        json.writeStringField("kind", problem.getClass().getSimpleName());
        json.writeStringField("message", message.toString());
        json.writeEndObject();
    }

    private static void deleteAll(Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted((first, second) -> second.compareTo(first)).toList()) Files.delete(path);
        }
    }
}
