package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.TestServers.config;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.BufferForm;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.InputForm;
import dev.lockstep.testkit.answer.KeyForm;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The portions in which input comes and output is fetched are the network's business: the bytes that the server sends
 * are the same. Everything random comes from seeds, and the signatures used here are deterministic.
 */
class ChunkingTest {

    private static final int ROUNDS = Integer.getInteger("lockstep.test.chunkingRounds", 60);

    static Stream<Arguments> conversations() {
        List<Arguments> all = new ArrayList<>();
        for (CipherSuite suite : List.of(
                CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
                CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
                CipherSuite.TLS_DHE_RSA_WITH_AES_128_CCM,
                CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256)) {
            for (KeyForm key : KeyForm.values()) {
                all.add(Arguments.of(suite, key));
            }
        }
        return all.stream();
    }

    private static ClientOptions options(CipherSuite suite) {
        return ClientOptions.offering(suite)
                .groups(NamedGroup.X25519, NamedGroup.FFDHE2048)
                .schemes(SignatureScheme.RSA_PKCS1_SHA256);
    }

    private static TlsServerConfig fresh(KeyForm form) {
        Credential credential = form == KeyForm.AT_ONCE
                ? local(TestIdentity.RSA_2048)
                : new RecordingKey(TestIdentity.RSA_2048).answers(form.script()).credential();
        return config(credential);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("conversations")
    void wholeOneByteAndCoalescedInputGiveTheSameBytesOut(CipherSuite suite, KeyForm key) {
        // RFC 5246 6.2.1-3
        byte[] expected = null;
        for (InputForm input : InputForm.values()) {
            for (BufferForm buffers : BufferForm.values()) {
                Forms forms = new Forms(input, key, buffers);
                Conversation conversation = Conversation.of(fresh(key), options(suite), forms);
                conversation.completes();
                conversation.server().closes();
                byte[] sent = conversation.server().bytesSent();
                expected = expected == null ? sent : expected;
                assertThat(sent).as("%s", forms).isEqualTo(expected);
            }
        }
    }

    /** Random portions of input, random fragments of messages, random room for output. */
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("conversations")
    void randomPortionsGiveTheSameBytesOut(CipherSuite suite, KeyForm key) throws TlsException {
        byte[] expected = run(suite, key, null);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] sent = run(suite, key, new Random(round));
            assertThat(Bytes.hex(sent)).as("seed %s", round).isEqualTo(Bytes.hex(expected));
        }
    }

    /** A whole conversation; null for the plainest of portions. */
    private static byte[] run(CipherSuite suite, KeyForm key, Random random) throws TlsException {
        TlsServerConnection tls = TlsServerConnection.create(fresh(key), waiting -> {});
        ScriptedClient client = new ScriptedClient(options(suite));
        Loop loop = new Loop(tls, client, random);
        if (random != null) {
            client.fragmentsOf(1 + random.nextInt(random.nextBoolean() ? 40 : 1 << 14));
            if (random.nextBoolean()) {
                client.packHandshakeMessages();
            }
        }
        client.sends(clientHello());
        loop.run();
        client.sends(clientKeyExchange(), changeCipherSpec(), finished());
        byte[] text = new byte[3000];
        new SeededRandom(8).nextBytes(text);
        loop.run();
        for (int at = 0; at < text.length; at += 1000) {
            client.sends(applicationData(Bytes.slice(text, at, 1000)));
        }
        loop.run();
        assertThat(loop.received()).isEqualTo(text);
        client.sends(closeNotify());
        loop.run();
        assertThat(client.isFinished()).isTrue();
        return loop.sent();
    }

    /** An event loop that takes and gives as much as chance will have it. */
    private static final class Loop {
        private final TlsServerConnection tls;
        private final ScriptedClient client;
        private final Random random;
        private final ByteBuffer in = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        private final ByteBuffer out = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        private final ByteBuffer app = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);
        private byte[] sent = {};
        private byte[] received = {};
        private boolean established;

        Loop(TlsServerConnection tls, ScriptedClient client, Random random) {
            this.tls = tls;
            this.client = client;
            this.random = random;
        }

        byte[] sent() {
            return sent;
        }

        byte[] received() {
            return received;
        }

        void run() throws TlsException {
            byte[] all = Bytes.concat(client.takeRecords().toArray(byte[][]::new));
            int at = 0;
            for (int idle = 0; at < all.length || idle < 3; ) {
                if (at < all.length) {
                    int most = Math.min(all.length - at, in.remaining());
                    int length = random == null ? most : Math.min(most, random.nextInt(200));
                    in.put(all, at, length);
                    at += length;
                }
                StepResult result = call();
                boolean waits = result == StepResult.NEED_INPUT || result == StepResult.ESTABLISHED;
                idle = waits || result == StepResult.CLOSED ? idle + 1 : 0;
            }
        }

        private StepResult call() throws TlsException {
            int room = random == null ? out.capacity() : 1024 + random.nextInt(out.capacity() - 1023);
            out.clear().limit(room);
            in.flip();
            try {
                StepResult result = established && !tls.wantsOutput() ? tls.read(in, app) : tls.step(in, out);
                established |= result == StepResult.ESTABLISHED;
                if (result == StepResult.CLOSED) {
                    tls.close(out);
                }
                return result;
            } finally {
                in.compact();
                byte[] written = Bytes.slice(out.array(), 0, out.position());
                sent = Bytes.concat(sent, written);
                client.receives(written);
                received = Bytes.concat(received, Bytes.slice(app.array(), 0, app.position()));
                app.clear();
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("conversations")
    void theSmallestRoomForOutputIsEnough(CipherSuite suite, KeyForm key) {
        Forms forms = new Forms(InputForm.WHOLE, key, BufferForm.HEAP);
        Conversation conversation = Conversation.of(fresh(key), options(suite), forms, 1024);
        conversation.completes();
        byte[] text = new byte[20_000];
        new SeededRandom(9).nextBytes(text);
        conversation.server().sends(text);
        assertThat(conversation.client().takeReceived()).isEqualTo(text);
        conversation.server().closes();
    }
}
