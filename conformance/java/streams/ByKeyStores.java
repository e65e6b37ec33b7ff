import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;
import org.apache.kafka.streams.state.DslSessionParams;
import org.apache.kafka.streams.state.DslStoreSuppliers;
import org.apache.kafka.streams.state.DslKeyValueParams;
import org.apache.kafka.streams.state.DslWindowParams;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.SessionBytesStoreSupplier;
import org.apache.kafka.streams.state.TimestampedBytesStore;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;
import org.apache.kafka.streams.state.internals.InMemorySessionStore;
import org.apache.kafka.streams.state.internals.InMemoryWindowStore;

/**
 * Stores in memory whose cache is read as that of a store on the disk is: key by key, and of a window store from the asked time to the asked time, so that a read of one key's windows or sessions
 * does not look at, and so use, others. What the stores themselves do is what Java's do.
 */
public class ByKeyStores implements DslStoreSuppliers {
    /** Of sessions: all times but far ones are in one, whose end begins with a zero byte, as no key goes on. */
    private static final long SEGMENT_MS = 1L << 50;
    private final DslStoreSuppliers own;

    public ByKeyStores() {
        this(new BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers());
    }

    private ByKeyStores(DslStoreSuppliers own) {
        this.own = own;
    }

    /** Those that also remember. */
    public static final class Remembering extends ByKeyStores {
        public Remembering() {
            super(new RememberingStores());
        }
    }

    @Override
    public KeyValueBytesStoreSupplier keyValueStore(DslKeyValueParams params) {
        return own.keyValueStore(params);
    }

    @Override
    public WindowBytesStoreSupplier windowStore(DslWindowParams params) {
        WindowBytesStoreSupplier of = own.windowStore(params);
        return new SuppliedStores.Windows(
            of,
            () -> of.get() instanceof RememberingStores.RememberingWindows
                ? new OnDiskRememberingWindows(of.name(), of.retentionPeriod(), of.windowSize(), of.metricsScope())
                : new OnDiskWindows(of.name(), of.retentionPeriod(), of.windowSize(), of.retainDuplicates(), of.metricsScope()));
    }

    @Override
    public SessionBytesStoreSupplier sessionStore(DslSessionParams params) {
        SessionBytesStoreSupplier of = own.sessionStore(params);
        return new SuppliedStores.Sessions(
            of,
            SEGMENT_MS,
            // As those that remember: a session that ends exactly gap and grace before stream time is still open.
            () -> of.get() instanceof RememberingStores.RememberingSessions
                ? new OnDiskRememberingSessions(of.name(), of.retentionPeriod() + 1, of.metricsScope())
                : new OnDiskSessions(of.name(), of.retentionPeriod(), of.metricsScope()));
    }

    /** What says that it is on the disk has its cache read by key. */
    private static final class OnDiskWindows extends InMemoryWindowStore implements TimestampedBytesStore {
        OnDiskWindows(String name, long retention, long windowSize, boolean retainDuplicates, String scope) {
            super(name, retention, windowSize, retainDuplicates, scope);
        }

        @Override
        public boolean persistent() {
            return true;
        }
    }

    private static final class OnDiskRememberingWindows extends RememberingStores.RememberingWindows implements TimestampedBytesStore {
        OnDiskRememberingWindows(String name, long retention, long windowSize, String scope) {
            super(name, retention, windowSize, scope);
        }

        @Override
        public boolean persistent() {
            return true;
        }
    }

    private static final class OnDiskSessions extends InMemorySessionStore {
        OnDiskSessions(String name, long retention, String scope) {
            super(name, retention, scope);
        }

        @Override
        public boolean persistent() {
            return true;
        }
    }

    private static final class OnDiskRememberingSessions extends RememberingStores.RememberingSessions {
        OnDiskRememberingSessions(String name, long retention, String scope) {
            super(name, retention, scope);
        }

        @Override
        public boolean persistent() {
            return true;
        }
    }
}
