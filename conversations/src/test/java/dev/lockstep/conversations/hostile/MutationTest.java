package dev.lockstep.conversations.hostile;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.record;
import static dev.lockstep.testkit.client.ClientMessages.rsaClientKeyExchange;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.RsaBlocks;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.Mutator;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.key.SignatureVerification;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Random and mutated input, connection after connection: nothing comes out but a TlsException that blames the peer, and
 * no connection takes more memory than what it was sent accounts for. {@code -Dlockstep.test.mutations=10} runs ten
 * times as many rounds as by default.
 */
@Tag("one-jdk")
@Execution(ExecutionMode.CONCURRENT)
class MutationTest {

    private static final double TIMES = Double.parseDouble(System.getProperty("lockstep.test.mutations", "1"));
    private static final long SERVER_SEED = 4;
    private static final int MODULUS = 256;
    /** What a connection and a whole handshake may allocate, in bytes, before the input is counted. */
    private static final long ALLOWANCE = 256 * 1024;

    private static final int[] EXTENSIONS = {0, 1, 5, 10, 11, 13, 16, 18, 21, 22, 23, 28, 35, 50, 0xff01};

    private static final byte[] PREMASTER = new byte[48];

    static {
        new SeededRandom(21).nextBytes(PREMASTER);
        PREMASTER[0] = 3;
        PREMASTER[1] = 3;
    }

    /** Answers immediately and costs nothing, so that the time goes into what is tested. */
    private static final class CheapKey implements ExternalPrivateKey {
        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return Set.of(SignatureScheme.RSA_PKCS1_SHA256, SignatureScheme.RSA_PSS_RSAE_SHA256);
        }

        @Override
        public boolean canDecrypt() {
            return true;
        }

        @Override
        public Start<byte[]> startSign(SignRequest request, Waker waker) {
            return Start.done(new byte[MODULUS]);
        }

        @Override
        public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
            return Start.done(PREMASTER.clone());
        }
    }

    /** One thread's server: connections that all draw the same randomness, over the same buffers. */
    private static final class Bench {
        private final SeededRandom serverRandom = new SeededRandom(SERVER_SEED);
        private final TlsServerConfig config = builder(
                        Credential.external(TestIdentity.RSA_2048.chain(), new CheapKey()))
                .random(serverRandom)
                .signatureVerification(SignatureVerification.never())
                .build();
        private final ByteBuffer in = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        private final ByteBuffer out = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        private final ByteBuffer app = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);
        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private long bytes;
        private int failures;
        private int survivors;
        private TlsServerConnection tls;

        Bench fresh() {
            serverRandom.restart(SERVER_SEED);
            received.reset();
            in.clear();
            tls = TlsServerConnection.create(config, waiting -> {});
            return this;
        }

        /**
         * The connection gets these bytes in random portions; the server's answer goes to {@code client}.
         *
         * @return how much was allocated, in bytes
         */
        long feed(byte[] input, Random random, ScriptedClient client) {
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                for (int at = 0; at < input.length; ) {
                    int most = Math.min(input.length - at, in.remaining());
                    if (at < firstRecord(input)) {
                        most = Math.min(most, firstRecord(input) - at); // nothing may stand behind a ClientHello
                    }
                    int length = random.nextInt(4) == 0 ? Math.min(most, 1 + random.nextInt(100)) : most;
                    in.put(input, at, length);
                    at += length;
                    run(client);
                    assertThat(in.hasRemaining()).as("room for more input").isTrue();
                }
                survivors++;
            } catch (TlsException e) {
                failures++;
                assertThat(tls.failure()).isSameAs(e);
                assertThat(e.fromPeer() || e.alert() != AlertDescription.INTERNAL_ERROR)
                        .as("a defect: %s", e.getMessage())
                        .isTrue();
                out.clear();
                assertThat(tls.close(out)).isEqualTo(StepResult.CLOSED);
                assertThat(tls.isClosed()).isTrue();
            }
            bytes += input.length;
            return threads.getCurrentThreadAllocatedBytes() - before;
        }

        private void run(ScriptedClient client) throws TlsException {
            StepResult result;
            in.flip();
            try {
                do {
                    out.clear();
                    app.clear();
                    result = tls.isEstablished() && !tls.wantsOutput() ? tls.read(in, app) : tls.step(in, out);
                    received.write(app.array(), 0, app.position());
                    if (client != null) {
                        client.receives(Bytes.slice(out.array(), 0, out.position()));
                    }
                } while (result == StepResult.PROGRESSED || tls.wantsOutput() && !tls.isClosed());
            } finally {
                in.compact();
            }
            if (result == StepResult.CLOSED) {
                in.clear(); // what comes after close_notify is ignored
            }
        }

        void report(String what, int rounds) {
            System.out.println("Mutation, " + what + ": " + rounds + " connections, " + bytes + " bytes, " + failures
                    + " failed as they should, " + survivors + " went on");
        }
    }

    private static int firstRecord(byte[] input) {
        return input.length < 5 ? 0 : 5 + ((input[3] & 0xff) << 8 | (input[4] & 0xff));
    }

    private static int rounds(int usual) {
        return (int) (usual * TIMES);
    }

    private static void rounds(String what, int usual, Random random, Supplier<byte[]> inputs) {
        rounds(what, usual, random, inputs, bench -> {});
    }

    private static void rounds(
            String what, int usual, Random random, Supplier<byte[]> inputs, Consumer<Bench> afterEach) {
        Bench bench = new Bench();
        int rounds = rounds(usual);
        for (int round = 0; round < rounds; round++) {
            byte[] input = inputs.get();
            long most = ALLOWANCE + 16L * input.length;
            // what exceeds it is tried once more: the first time may have loaded classes
            if (bench.fresh().feed(input, random, null) > most) {
                assertThat(bench.fresh().feed(input, random, null))
                        .as("bytes allocated for %s", Bytes.hex(input))
                        .isLessThan(most);
            }
            afterEach.accept(bench);
        }
        bench.report(what, rounds);
        assertThat(bench.failures).as("failures among %s", rounds).isPositive();
    }

    @Test
    void randomBytes() {
        Random random = new Random(31);
        rounds("random bytes", 1_000_000, random, () -> bytes(random, random.nextInt(300)));
    }

    @Test
    void randomRecords() {
        Random random = new Random(32);
        rounds("random content in well-formed records", 1_000_000, random, () -> {
            byte[] all = {};
            for (int records = 1 + random.nextInt(3); records > 0; records--) {
                int type = random.nextInt(8) == 0 ? random.nextInt(256) : 20 + random.nextInt(4);
                all = Bytes.concat(
                        all,
                        Bytes.u8(type),
                        Bytes.u16(0x0300 + random.nextInt(5)),
                        Bytes.vector(2, bytes(random, random.nextInt(80))));
            }
            return all;
        });
    }

    @Test
    void randomHandshakeMessages() {
        Random random = new Random(33);
        rounds("random bodies in well-formed handshake messages", 300_000, random, () -> {
            int type = random.nextInt(8) == 0 ? random.nextInt(256) : 1;
            byte[] body = bytes(random, random.nextInt(120));
            return record22(Bytes.concat(Bytes.u8(type), Bytes.vector(3, body)));
        });
    }

    /** A ClientHello by its grammar, with anything at all in its vectors. */
    @Test
    void randomClientHellos() {
        Random random = new Random(38);
        rounds("random ClientHello", 500_000, random, () -> {
            byte[] extensions = {};
            for (int count = random.nextInt(5); count > 0; count--) {
                byte[] body = bytes(random, random.nextInt(12));
                for (int depth = random.nextInt(3); depth > 0; depth--) {
                    body = Bytes.vector(1 + random.nextInt(2), body);
                }
                int type = random.nextInt(6) == 0
                        ? random.nextInt(1 << 16)
                        : EXTENSIONS[random.nextInt(EXTENSIONS.length)];
                extensions = Bytes.concat(extensions, Bytes.u16(type), Bytes.vector(2, body));
            }
            return record22(Bytes.concat(
                    Bytes.u8(1),
                    Bytes.vector(
                            3,
                            Bytes.concat(
                                    Bytes.u16(0x0302 + random.nextInt(4)),
                                    bytes(random, 32),
                                    Bytes.vector(1, bytes(random, random.nextInt(34))),
                                    Bytes.vector(2, Bytes.u16s(0x009c, random.nextInt(1 << 16))),
                                    Bytes.vector(1, new byte[] {(byte) random.nextInt(2), 0}),
                                    Bytes.vector(2, extensions)))));
        });
    }

    private static byte[] record22(byte[] content) {
        return Bytes.concat(Bytes.u8(22), Bytes.u16(0x0301), Bytes.vector(2, content));
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** The lengths of record and message are put right again, so that most mutations reach the parser of the hello. */
    @Test
    void mutatedClientHellos() {
        Random random = new Random(34);
        Mutator mutator = new Mutator(random);
        ClientOptions options = ClientOptions.offering(
                        CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256, CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA)
                .serverName("a.example.org")
                .protocols("h2", "http/1.1")
                .sessionId(new byte[32]);
        byte[] hello = golden(options, 1);
        byte[] body = Bytes.slice(hello, 9, hello.length - 9);
        rounds(
                "mutated ClientHello",
                500_000,
                random,
                () -> random.nextInt(4) == 0
                        ? mutator.mutated(hello)
                        : record22(Bytes.concat(Bytes.u8(1), Bytes.vector(3, mutator.mutated(body)))));
    }

    @Test
    void mutatedEphemeralHandshakes() {
        Random random = new Random(35);
        Mutator mutator = new Mutator(random);
        byte[] hello = golden(ClientOptions.offering(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256), 1);
        rounds("mutated ClientKeyExchange", 20_000, random, () -> {
            byte[] point = mutator.mutated(Bytes.vector(1, bytes(random, 32)));
            byte[] message = Bytes.concat(Bytes.u8(16), Bytes.vector(3, point));
            byte[] change = Bytes.concat(Bytes.u8(20), Bytes.u16(0x0303), Bytes.vector(2, new byte[] {1}));
            byte[] whole = Bytes.concat(Bytes.u8(22), Bytes.u16(0x0303), Bytes.vector(2, message));
            return Bytes.concat(hello, random.nextInt(4) == 0 ? mutator.mutated(whole) : whole, change);
        });
    }

    /** A whole connection up to close_notify, which the same randomness makes valid again and again, and one change. */
    @Test
    void mutatedConnections() {
        Random random = new Random(36);
        Mutator mutator = new Mutator(random);
        for (CipherSuite suite : List.of(
                CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256,
                CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA256,
                CipherSuite.TLS_RSA_WITH_AES_128_CCM)) {
            byte[] data = Bytes.concat("one".getBytes(StandardCharsets.US_ASCII), new byte[200]);
            byte[] connection = golden(ClientOptions.offering(suite), Integer.MAX_VALUE);
            Bench unchanged = new Bench();
            unchanged.fresh().feed(connection, random, null);
            assertThat(unchanged.tls.failure())
                    .as("the conversation before it is mutated")
                    .isNull();
            assertThat(unchanged.tls.isClosed()).isTrue();
            assertThat(unchanged.received.toByteArray()).isEqualTo(data);
            rounds("mutated connection with " + suite, 25_000, random, () -> mutator.mutated(connection), b -> {
                // whatever was changed: what the application gets is what the client sent, from its beginning
                byte[] received = b.received.toByteArray();
                assertThat(received).isEqualTo(Arrays.copyOf(data, received.length));
            });
        }
    }

    /** What only a client with the keys can do: any content under a valid MAC. */
    @Test
    void randomContentUnderTheRightKeys() {
        Random random = new Random(37);
        Bench bench = new Bench();
        int rounds = rounds(6_000);
        ClientOptions options = ClientOptions.offering(CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256);
        for (int round = 0; round < rounds; round++) {
            ScriptedClient client = new ScriptedClient(options);
            bench.fresh().feed(bytes(client.sends(clientHello())), random, client);
            client.sends(rsaClientKeyExchange(block(), PREMASTER), changeCipherSpec());
            if (random.nextBoolean()) {
                client.sends(finished());
            }
            for (int records = 1 + random.nextInt(4); records > 0; records--) {
                byte[] content = bytes(random, random.nextInt(60));
                if (content.length > 4 && random.nextBoolean()) {
                    content[0] = (byte) (random.nextBoolean() ? 1 : 20);
                    System.arraycopy(Bytes.number(content.length - 4, 3), 0, content, 1, 3);
                }
                client.sends(record(20 + random.nextInt(5), content));
            }
            bench.feed(bytes(client), random, client);
        }
        bench.report("random content under the right keys", rounds);
    }

    private static byte[] block() {
        return RsaBlocks.padded(PREMASTER, MODULUS, new SeededRandom(22));
    }

    /** The client's bytes in a conversation with a server of the bench's randomness, at most so many flights. */
    private static byte[] golden(ClientOptions options, int flights) {
        Bench bench = new Bench().fresh();
        ScriptedClient client = new ScriptedClient(options.withoutVerification());
        List<byte[]> all = new ArrayList<>();
        all.add(bytes(client.sends(clientHello())));
        if (flights > 1) {
            bench.feed(all.get(0), new Random(0), client);
            client.sends(rsaClientKeyExchange(block(), PREMASTER), changeCipherSpec(), finished());
            client.sends(applicationData("one"), applicationData(new byte[200]), closeNotify());
            all.add(bytes(client));
        }
        return Bytes.concat(all.toArray(byte[][]::new));
    }

    private static byte[] bytes(ScriptedClient client) {
        return Bytes.concat(client.takeRecords().toArray(byte[][]::new));
    }
}
