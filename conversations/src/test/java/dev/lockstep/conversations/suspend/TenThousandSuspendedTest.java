package dev.lockstep.conversations.suspend;

import static dev.lockstep.testkit.TestServers.config;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.certificate.SchemeSignatures;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Group E's last case: one thread, one selector-like loop, 10,000 handshakes suspended at the same time on a key that answers
 * each of them 5 ms after it is asked to go on, in another order than they came. Isolated, since it measures the heap.
 */
@Isolated
@Tag("one-jdk")
class TenThousandSuspendedTest {

    private static final int CONNECTIONS = 10_000;
    private static final int LONGEST_FLIGHT = 4096;
    private static final long ANSWER_MICROS = 5_000;

    private final LinkedBlockingQueue<Integer> ready = new LinkedBlockingQueue<>();
    private final ByteBuffer out = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
    private final ByteBuffer app = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);

    @Test
    void tenThousandSuspendedHandshakesOnOneThreadAllComplete() throws Exception {
        ScheduledExecutorService token = Executors.newScheduledThreadPool(2);
        try {
            run(token);
        } finally {
            token.shutdownNow();
        }
    }

    private void run(ScheduledExecutorService token) throws Exception {
        OutOfOrderKey key = new OutOfOrderKey(token);
        TlsServerConfig config = config(Credential.external(TestIdentity.P256.chain(), key));
        ClientOptions options = ClientOptions.offering(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)
                .groups(NamedGroup.X25519, NamedGroup.SECP256R1)
                .withoutVerification(); // the server itself has verified what came from the key
        byte[] hello =
                new ScriptedClient(options).sends(clientHello()).takeRecords().get(0);
        // What the clients have received so far stands in one array, so that only connections are counted.
        byte[] received = new byte[CONNECTIONS * LONGEST_FLIGHT];
        int[] lengths = new int[CONNECTIONS];
        TlsServerConnection[] connections = new TlsServerConnection[CONNECTIONS];
        suspend(TlsServerConnection.create(config, tls -> ready.add(-1)), hello); // loads every class
        long before = usedHeap();
        for (int i = 0; i < CONNECTIONS; i++) {
            int number = i;
            connections[i] = TlsServerConnection.create(config, tls -> ready.add(number));
            lengths[i] = suspend(connections[i], hello);
            System.arraycopy(out.array(), 0, received, i * LONGEST_FLIGHT, lengths[i]);
        }
        long retained = (usedHeap() - before) / CONNECTIONS;
        System.out.println("Retained per suspended connection: " + retained + " bytes (" + CONNECTIONS
                + " connections suspended at the same time on one thread, the key's own request included)");
        assertThat(key.pending()).isEqualTo(CONNECTIONS + 1);
        assertThat(retained).isLessThan(4 * 1024);

        key.answerInAnotherOrder();
        int[] order = new int[CONNECTIONS];
        for (int done = 0; done < CONNECTIONS; done++) {
            Integer next = ready.poll(60, TimeUnit.SECONDS);
            assertThat(next).as("woken after %s", done).isNotNull();
            if (next < 0) {
                done--;
                continue;
            }
            order[done] = next;
            finish(connections[next], options, received, next * LONGEST_FLIGHT, lengths[next]);
        }
        long idle = (usedHeap() - before) / CONNECTIONS;
        System.out.println("Retained per established idle connection: " + idle + " bytes");
        assertThat(idle).isLessThan(16 * 1024);
        assertThat(connections).allMatch(TlsServerConnection::isEstablished);
        assertThat(order).as("order of the answers").doesNotHaveDuplicates();
        assertThat(inOrder(order)).as("answers in the order of the requests").isLessThan(CONNECTIONS * 6 / 10);
    }

    private int suspend(TlsServerConnection tls, byte[] hello) throws TlsException {
        ByteBuffer in = ByteBuffer.wrap(hello);
        out.clear();
        StepResult result;
        do {
            result = tls.step(in, out);
        } while (result == StepResult.PROGRESSED);
        assertThat(result).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        assertThat(out.position()).isLessThan(LONGEST_FLIGHT);
        return out.position();
    }

    private void finish(TlsServerConnection tls, ClientOptions options, byte[] received, int offset, int length)
            throws TlsException {
        ScriptedClient client = new ScriptedClient(options).sends(clientHello());
        client.takeRecords();
        client.receives(Arrays.copyOfRange(received, offset, offset + length));
        step(tls, ByteBuffer.allocate(0), client, StepResult.NEED_INPUT);
        client.sends(clientKeyExchange(), changeCipherSpec(), finished());
        step(tls, bytes(client), client, StepResult.ESTABLISHED);
        assertThat(client.isFinished()).isTrue();
        client.sends(applicationData("ping"));
        app.clear();
        assertThat(tls.read(bytes(client), app)).isEqualTo(StepResult.PROGRESSED);
        assertThat(app.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {'p', 'i', 'n', 'g'}));
    }

    private void step(TlsServerConnection tls, ByteBuffer in, ScriptedClient client, StepResult expected)
            throws TlsException {
        StepResult result;
        out.clear();
        do {
            result = tls.step(in, out);
        } while (result == StepResult.PROGRESSED);
        assertThat(result).isEqualTo(expected);
        client.receives(Arrays.copyOf(out.array(), out.position()));
    }

    private static ByteBuffer bytes(ScriptedClient client) {
        return ByteBuffer.wrap(Bytes.concat(client.takeRecords().toArray(byte[][]::new)));
    }

    private static int inOrder(int[] order) {
        int ascending = 0;
        for (int i = 1; i < order.length; i++) {
            ascending += order[i] > order[i - 1] ? 1 : 0;
        }
        return ascending;
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    /** A token of two workers: it holds every request until told to go on, and then takes them in shuffled order. */
    private static final class OutOfOrderKey implements ExternalPrivateKey {
        private final ScheduledExecutorService token;
        private final List<Pending> pending = new ArrayList<>();

        OutOfOrderKey(ScheduledExecutorService token) {
            this.token = token;
        }

        int pending() {
            return pending.size();
        }

        void answerInAnotherOrder() {
            List<Pending> shuffled = new ArrayList<>(pending);
            Collections.shuffle(shuffled, new Random(5));
            pending.clear();
            shuffled.forEach(operation -> token.schedule(operation, ANSWER_MICROS, TimeUnit.MICROSECONDS));
        }

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return Set.of(SignatureScheme.ECDSA_SECP256R1_SHA256);
        }

        @Override
        public Start<byte[]> startSign(SignRequest request, Waker waker) {
            Pending operation = new Pending(request, waker);
            pending.add(operation);
            return Start.inProgress(operation);
        }
    }

    private static final class Pending implements PendingOperation<byte[]>, Runnable {
        private final SignRequest request;
        private final Waker waker;
        private volatile byte[] signature;

        Pending(SignRequest request, Waker waker) {
            this.request = request;
            this.waker = waker;
        }

        @Override
        public void run() {
            signature = SchemeSignatures.sign(request.scheme(), TestIdentity.P256.privateKey(), request.message());
            waker.wake();
        }

        @Override
        public Progress<byte[]> resume() {
            return signature == null ? Progress.inProgress() : Progress.done(signature);
        }
    }
}
