package dev.lockstep.server;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/** The example of the README, where it compiles; ReadmeTest holds the two together and runs it. */
final class ReadmeExample {

    private final Queue<TlsServerConnection> ready = new ArrayDeque<>();

    StepResult embed(List<X509Certificate> chain, ExternalPrivateKey key, ByteBuffer netIn, ByteBuffer netOut)
            throws TlsException {
        // README begins
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(Credential.external(chain, key)) // the key is not in this process
                .build();
        // handOver: from any thread, into a queue, then selector.wakeup()
        TlsServerConnection tls = TlsServerConnection.create(config, this::handOver);

        StepResult result;
        do {
            result = tls.step(netIn, netOut); // bytes received, bytes to send
        } while (result == StepResult.PROGRESSED);
        // NEED_INPUT, NEED_OUTPUT, ASYNC_IN_PROGRESS: serve the others; ESTABLISHED: read and write; CLOSED
        // README ends
        return result;
    }

    private void handOver(TlsServerConnection tls) {
        ready.add(tls);
    }

    boolean wasHandedOver() {
        return !ready.isEmpty();
    }
}
