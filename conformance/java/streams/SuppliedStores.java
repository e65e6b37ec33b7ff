import java.util.function.Supplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.SessionBytesStoreSupplier;
import org.apache.kafka.streams.state.SessionStore;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;
import org.apache.kafka.streams.state.WindowStore;

/** Suppliers of stores that are not Java's own; of everything else they say what Java's own would. */
final class SuppliedStores {
    private SuppliedStores() {}

    record Windows(WindowBytesStoreSupplier own, Supplier<WindowStore<Bytes, byte[]>> store) implements WindowBytesStoreSupplier {
        @Override
        public String name() {
            return own.name();
        }

        @Override
        public WindowStore<Bytes, byte[]> get() {
            return store.get();
        }

        @Override
        public String metricsScope() {
            return own.metricsScope();
        }

        @Override
        public long segmentIntervalMs() {
            return own.segmentIntervalMs();
        }

        @Override
        public long windowSize() {
            return own.windowSize();
        }

        @Override
        public boolean retainDuplicates() {
            return own.retainDuplicates();
        }

        @Override
        public long retentionPeriod() {
            return own.retentionPeriod();
        }
    }

    record Sessions(SessionBytesStoreSupplier own, long segmentIntervalMs, Supplier<SessionStore<Bytes, byte[]>> store)
        implements SessionBytesStoreSupplier {
        @Override
        public String name() {
            return own.name();
        }

        @Override
        public SessionStore<Bytes, byte[]> get() {
            return store.get();
        }

        @Override
        public String metricsScope() {
            return own.metricsScope();
        }

        @Override
        public long retentionPeriod() {
            return own.retentionPeriod();
        }
    }
}
