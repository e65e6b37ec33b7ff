import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/** The frame of the drivers: runs named cases and prints one line of JSON for each. */
final class Cases {
    interface Body {
        void run() throws Exception;
    }

    private final String bootstrap;
    private boolean failed;

    Cases(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    void run(String name, Body body) {
        long start = System.nanoTime();
        String error = null;
        String skipped = null;
        try {
            body.run();
        } catch (Skip reason) {
            skipped = reason.getMessage();
        } catch (Throwable problem) {
            Throwable cause = problem instanceof ExecutionException && problem.getCause() != null ? problem.getCause() : problem;
            StackTraceElement at = null;
            for (StackTraceElement element : problem.getStackTrace()) {
                if (element.getClassName().endsWith("Cases") && !element.getClassName().equals("Cases")) {
                    at = element;
                    break;
                }
            }
            error = cause.getClass().getSimpleName() + ": " + cause.getMessage() + (at == null ? "" : " (" + at.getFileName() + ":" + at.getLineNumber() + ")");
            failed = true;
        }
        System.out.println("{\"name\":" + quote(name) + ",\"ms\":" + (System.nanoTime() - start) / 1_000_000
            + (error == null ? "" : ",\"error\":" + quote(error)) + (skipped == null ? "" : ",\"skipped\":" + quote(skipped)) + "}");
        System.out.flush();
    }

    /** Thrown by a case that cannot be judged. */
    private static final class Skip extends RuntimeException {
        Skip(String reason) {
            super(reason);
        }
    }

    /** Runs a case of an API that a broker may not have yet: not advertising it is skipped with that reason, answering it wrongly fails. */
    void runIfAdvertised(String name, Body body) {
        run(name, () -> {
            try {
                body.run();
            } catch (ExecutionException problem) {
                if (problem.getCause() instanceof org.apache.kafka.common.errors.UnsupportedVersionException) throw new Skip("the broker does not advertise the API");
                throw problem;
            }
        });
    }

    void exit() {
        System.exit(failed ? 1 : 0);
    }

    Properties properties(String... pairs) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        for (int index = 0; index < pairs.length; index += 2) properties.put(pairs[index], pairs[index + 1]);
        return properties;
    }

    static String unique(String prefix) {
        return prefix + "-" + UUID.randomUUID().toString().substring(0, 12);
    }

    static void check(boolean condition, String message) {
        if (!condition) throw new AssertionError(message);
    }

    static void same(Object expected, Object actual) {
        if (!java.util.Objects.equals(expected, actual)) throw new AssertionError("expected " + expected + ", got " + actual);
    }

    /** Runs the call and expects it to fail with the given class, bare or as the cause. */
    static void fails(Class<? extends Throwable> expected, Callable<?> call) throws Exception {
        try {
            call.call();
        } catch (Exception problem) {
            Throwable cause = problem instanceof ExecutionException ? problem.getCause() : problem;
            if (expected.isInstance(cause)) return;
            if (cause instanceof org.apache.kafka.common.errors.UnsupportedVersionException) throw problem;
            throw new AssertionError("expected " + expected.getSimpleName() + ", got " + cause);
        }
        throw new AssertionError("expected " + expected.getSimpleName() + ", but it succeeded");
    }

    /** Asks until the condition holds, for half a minute at most. */
    static void eventually(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + 30_000_000_000L;
        Exception last = null;
        while (System.nanoTime() < deadline) {
            try {
                if (condition.call()) return;
                last = null;
            } catch (Exception problem) {
                last = problem;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("waited in vain: " + what + (last == null ? "" : " (" + last + ")"));
    }

    static List<String> values(String prefix, int count) {
        List<String> list = new ArrayList<>();
        for (int index = 0; index < count; index++) list.add(prefix + index);
        return list;
    }

    static String quote(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char each : text.toCharArray()) {
            if (each == '"' || each == '\\') out.append('\\').append(each);
            else if (each < ' ') out.append(String.format("\\u%04x", (int) each));
            else out.append(each);
        }
        return out.append('"').toString();
    }
}
