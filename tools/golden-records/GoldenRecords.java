import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/**
 * Writes and reads record batches by Apache Kafka's own classes.
 *
 * "write": standard input has one batch per line as JSON (see golden-batch.ts); standard output has its bytes in hex.
 * "read":  standard input has the bytes of one batch per line in hex; standard output has what Java finds in it, as the same JSON.
 */
public final class GoldenRecords {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HexFormat HEX = HexFormat.of();

    public static void main(String[] arguments) throws Exception {
        boolean isWriting = arguments[0].equals("write");
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine())
            out.println(isWriting ? write(JSON.readTree(line)) : read(line));
        out.flush();
    }

    private static String write(JsonNode batch) {
        MemoryRecordsBuilder builder = new MemoryRecordsBuilder(
            new ByteBufferOutputStream(ByteBuffer.allocate(512)),
            RecordBatch.MAGIC_VALUE_V2,
            Compression.of(batch.get("codec").textValue()).build(),
            batch.get("logAppendTimeMs").isNull() ? TimestampType.CREATE_TIME : TimestampType.LOG_APPEND_TIME,
            batch.get("baseOffset").longValue(),
            batch.get("logAppendTimeMs").isNull() ? RecordBatch.NO_TIMESTAMP : batch.get("logAppendTimeMs").longValue(),
            batch.get("producerId").longValue(),
            batch.get("producerEpoch").shortValue(),
            batch.get("baseSequence").intValue(),
            batch.get("isTransactional").booleanValue(),
            batch.get("isControl").booleanValue(),
            batch.get("partitionLeaderEpoch").intValue(),
            Integer.MAX_VALUE,
            batch.get("deleteHorizonMs").isNull() ? RecordBatch.NO_TIMESTAMP : batch.get("deleteHorizonMs").longValue());
        for (JsonNode record : batch.get("records")) {
            long timestamp = record.get("timestamp").longValue();
            JsonNode marker = record.get("marker");
            if (marker != null) {
                ControlRecordType type = marker.get("outcome").textValue().equals("commit") ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
                builder.appendEndTxnMarker(timestamp, new EndTransactionMarker(type, marker.get("coordinatorEpoch").intValue()));
            } else {
                builder.append(timestamp, bytes(record.get("key")), bytes(record.get("value")), headers(record.get("headers")));
            }
        }
        ByteBuffer buffer = builder.build().buffer();
        byte[] written = new byte[buffer.remaining()];
        buffer.get(written);
        return HEX.formatHex(written);
    }

    private static Header[] headers(JsonNode headers) {
        List<Header> list = new ArrayList<>();
        for (JsonNode header : headers) list.add(new RecordHeader(header.get("key").textValue(), bytes(header.get("value"))));
        return list.toArray(new Header[0]);
    }

    /** Null, hex, or {"hex": …, "times": n} for long fields. */
    private static byte[] bytes(JsonNode field) {
        if (field.isNull()) return null;
        if (field.isTextual()) return HEX.parseHex(field.textValue());
        return HEX.parseHex(field.get("hex").textValue().repeat(field.get("times").intValue()));
    }

    private static String read(String hex) throws Exception {
        MemoryRecords records = MemoryRecords.readableRecords(ByteBuffer.wrap(HEX.parseHex(hex)));
        MutableRecordBatch batch = records.batches().iterator().next();
        batch.ensureValid();
        ObjectNode out = JSON.createObjectNode();
        out.put("codec", batch.compressionType().name);
        out.put("baseOffset", batch.baseOffset());
        if (batch.timestampType() == TimestampType.LOG_APPEND_TIME) out.put("logAppendTimeMs", batch.maxTimestamp());
        else out.putNull("logAppendTimeMs");
        if (batch.deleteHorizonMs().isPresent()) out.put("deleteHorizonMs", batch.deleteHorizonMs().getAsLong());
        else out.putNull("deleteHorizonMs");
        out.put("producerId", batch.producerId());
        out.put("producerEpoch", batch.producerEpoch());
        out.put("baseSequence", batch.baseSequence());
        out.put("isTransactional", batch.isTransactional());
        out.put("isControl", batch.isControlBatch());
        out.put("partitionLeaderEpoch", batch.partitionLeaderEpoch());
        out.put("maxTimestamp", batch.maxTimestamp());
        out.put("lastOffset", batch.lastOffset());
        ArrayNode list = out.putArray("records");
        for (Record record : batch) {
            record.ensureValid();
            ObjectNode node = list.addObject();
            node.put("offset", record.offset());
            node.put("timestamp", record.timestamp());
            node.put("key", record.hasKey() ? hexOf(record.key()) : null);
            node.put("value", record.hasValue() ? hexOf(record.value()) : null);
            ArrayNode headers = node.putArray("headers");
            for (Header header : record.headers()) headers.addObject().put("key", header.key()).put("value", header.value() == null ? null : HEX.formatHex(header.value()));
        }
        return JSON.writeValueAsString(out);
    }

    private static String hexOf(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return HEX.formatHex(bytes);
    }
}
