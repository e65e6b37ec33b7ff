import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.LogAndContinueProcessingExceptionHandler;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Java's handler that continues and writes dead letters, told the bytes of the source's record also where the library has forgotten them: once a sink has written, and in the buffer of a join
 * with a grace. All topics have one partition, and the driver counts their offsets from 0.
 */
public final class RememberingSources extends LogAndContinueProcessingExceptionHandler {
    private record Source(byte[] key, byte[] value) {}

    /** Of the case that is being judged; cases come one after another. */
    private static final Map<String, List<Source>> SOURCES = new HashMap<>();

    static void forget() {
        SOURCES.clear();
    }

    /** The next record of the topic. */
    static void remember(String topic, byte[] key, byte[] value) {
        SOURCES.computeIfAbsent(topic, name -> new ArrayList<>()).add(new Source(key, value));
    }

    @Override
    public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
        List<Source> sources = context.topic() == null ? null : SOURCES.get(context.topic());
        boolean isKnown = sources != null && context.offset() >= 0 && context.offset() < sources.size();
        return super.handleError(isKnown ? new Remembering(context, sources.get((int) context.offset())) : context, record, exception);
    }

    private record Remembering(ErrorHandlerContext context, Source source) implements ErrorHandlerContext {
        @Override
        public byte[] sourceRawKey() {
            return source.key();
        }

        @Override
        public byte[] sourceRawValue() {
            return source.value();
        }

        @Override
        public String topic() {
            return context.topic();
        }

        @Override
        public int partition() {
            return context.partition();
        }

        @Override
        public long offset() {
            return context.offset();
        }

        @Override
        public Headers headers() {
            return context.headers();
        }

        @Override
        public String processorNodeId() {
            return context.processorNodeId();
        }

        @Override
        public TaskId taskId() {
            return context.taskId();
        }

        @Override
        public long timestamp() {
            return context.timestamp();
        }
    }
}
