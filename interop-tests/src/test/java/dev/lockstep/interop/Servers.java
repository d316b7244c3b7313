package dev.lockstep.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The servers of a test run: each {@link Setup} is started once, when first asked for, and serves every test until the
 * run ends. A test class that takes a {@code Servers} in its constructor or a method declares this extension.
 */
final class Servers implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Servers.class);
    static final Path DIRECTORY = Path.of("target", "interop").toAbsolutePath();

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Pool.class;
    }

    @Override
    public Pool resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE).getOrComputeIfAbsent(Pool.class, key -> new Pool(), Pool.class);
    }

    /** The running servers and the certificates they serve. */
    static final class Pool implements AutoCloseable {
        private final TestPki pki;
        private final Map<Setup, ServerProcess> running = new ConcurrentHashMap<>();
        private final Map<Setup, IllegalStateException> broken = new ConcurrentHashMap<>();

        Pool() {
            try {
                pki = TestPki.create(DIRECTORY.resolve("pki"));
            } catch (IOException e) {
                throw new IllegalStateException("cannot make the test certificates", e);
            }
        }

        TestPki pki() {
            return pki;
        }

        /** A directory for files of the test {@code name}. */
        Path directory(String name) {
            return DIRECTORY.resolve(name);
        }

        /** The server of this setup; one that did not start is not tried again for every test. */
        ServerProcess server(Setup setup) {
            IllegalStateException known = broken.get(setup);
            if (known != null) {
                throw known;
            }
            return running.computeIfAbsent(setup, this::start);
        }

        /** Where a client finds the certificate of {@code kind}, trusting the right root. */
        Target target(Setup setup, KeyKind kind) {
            return new Target(server(setup).port(), kind, pki.trustedRoot());
        }

        /** The same for a client that trusts only a root that issued nothing here. */
        Target distrusted(Setup setup, KeyKind kind) {
            return new Target(server(setup).port(), kind, pki.otherRoot());
        }

        private ServerProcess start(Setup setup) {
            try {
                return ServerProcess.start(setup.command(pki), LockstepJar.READY);
            } catch (IOException e) {
                IllegalStateException failure = new IllegalStateException(e.getMessage(), e);
                broken.put(setup, failure);
                throw failure;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while a server started", e);
            }
        }

        @Override
        public void close() {
            running.values().forEach(ServerProcess::close);
        }
    }
}
