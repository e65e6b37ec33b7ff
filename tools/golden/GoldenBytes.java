import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.errors.RefreshRetriableException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.types.RawTaggedField;

/**
 * Serializes messages by Apache Kafka's own generated classes.
 *
 * "bytes":  standard input has one JSON object per line: class, version, values (as Kafka's JSON converters read them) and, optionally,
 *           unknown (tag to hex) and from (the version the values are of, where it is another). Standard output has the bytes of each in
 *           hex, line by line, or "refused" where the version cannot carry the values.
 * "errors": standard output has code, name, retriable, refreshes metadata of each error, tab-separated.
 * "keys":   standard output has key, name, oldest and latest stable version, then the header versions of each, tab-separated.
 */
public final class GoldenBytes {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        switch (arguments[0]) {
            case "bytes" -> printBytes(out);
            case "errors" -> printErrors(out);
            case "keys" -> printKeys(out);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        out.flush();
    }

    private static void printBytes(PrintStream out) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonNode request = JSON.readTree(line);
            try {
                out.println(serialize(request));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(line, e.getCause() == null ? e : e.getCause());
            }
        }
    }

    private static String serialize(JsonNode request) throws ReflectiveOperationException {
        short version = (short) request.get("version").intValue();
        Class<?> converter = Class.forName(request.get("class").textValue() + "JsonConverter");
        Method read = converter.getMethod("read", JsonNode.class, short.class);
        short from = (short) request.path("from").asInt(version);
        Message message = (Message) read.invoke(null, request.get("values"), from);
        ObjectNode unknown = (ObjectNode) request.get("unknown");
        if (unknown != null) {
            List<RawTaggedField> fields = new ArrayList<>();
            unknown.properties().forEach(e -> fields.add(new RawTaggedField(Integer.parseInt(e.getKey()), HexFormat.of().parseHex(e.getValue().textValue()))));
            message.unknownTaggedFields().addAll(fields);
        }
        ObjectSerializationCache cache = new ObjectSerializationCache();
        try {
            ByteBuffer buffer = ByteBuffer.allocate(message.size(cache, version));
            message.write(new ByteBufferAccessor(buffer), cache, version);
            return HexFormat.of().formatHex(buffer.array(), 0, buffer.position());
        } catch (UnsupportedVersionException | NullPointerException e) {
            // A field the version lacks is set, or one is null that must not be.
            if (from == version) throw e;
            return "refused";
        }
    }

    private static void printErrors(PrintStream out) {
        for (Errors error : Errors.values()) {
            boolean retriable = error.exception() instanceof RetriableException;
            boolean refreshes = error.exception() instanceof RefreshRetriableException;
            out.println(error.code() + "\t" + error.name() + "\t" + retriable + "\t" + refreshes);
        }
    }

    private static void printKeys(PrintStream out) {
        for (ApiKeys key : ApiKeys.values()) {
            if (!key.hasValidVersion()) continue;
            StringBuilder line = new StringBuilder(key.id + "\t" + key.name + "\t" + key.oldestVersion() + "\t" + key.latestVersion(false));
            for (short version = key.oldestVersion(); version <= key.latestVersion(false); version++) {
                line.append("\t").append(key.requestHeaderVersion(version)).append("/").append(key.responseHeaderVersion(version));
            }
            out.println(line);
        }
    }
}
