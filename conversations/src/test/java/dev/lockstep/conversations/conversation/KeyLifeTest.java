package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.Bounds;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.spec.CipherSuite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The end of a key's life is the end of the connection, with close_notify and before anything is used up (RFC 8446 5.5). To the
 * application it is a failure unless the client has closed: what came may not be all.
 */
class KeyLifeTest {

    private static final int BOUND = 16;
    /** Three quarters of the bound, less a little for the messages of the handshake. */
    private static final int SAFE = 12;

    private final List<String> closed = new ArrayList<>();

    private Conversation connected(CipherSuite suite, long bound) {
        ConnectionObserver observer = new ConnectionObserver() {
            @Override
            public void onClosed(String state, IOException failure) {
                closed.add(state + " " + failure);
            }
        };
        return Conversation.of(
                        builder(local(TestIdentity.RSA_2048))
                                .observer(observer)
                                .bounds(Bounds.DEFAULT.withMaxRecordsPerKey(bound))
                                .build(),
                        ClientOptions.offering(suite),
                        Forms.PLAIN)
                .completes();
    }

    @ParameterizedTest
    @EnumSource(
            value = CipherSuite.class,
            names = {
                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                "TLS_RSA_WITH_AES_256_CCM_8",
                "TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256",
                "TLS_RSA_WITH_ARIA_256_GCM_SHA384"
            })
    void aServerThatSendsClosesBeforeItsKeyIsUsedUp(CipherSuite suite) throws IOException {
        Conversation conversation = connected(suite, BOUND);
        TlsServerConnection tls = conversation.server().connection();
        ByteBuffer data = ByteBuffer.allocate(100 << 14);
        ByteBuffer netOut = ByteBuffer.allocate(200 << 14);
        TlsException failure = catchThrowableOfType(TlsException.class, () -> writesAll(tls, data, netOut));
        assertThat(data.position() >> 14).as("full records sent").isBetween(SAFE - 1, SAFE);
        byte[] sent = new byte[netOut.flip().remaining()];
        netOut.get(sent);
        conversation.client().receives(sent);
        List<Seen> seen = conversation.client().takeSeen();
        Seen last = seen.get(seen.size() - 1);
        assertThat(last.kind()).isEqualTo(Seen.Kind.ALERT);
        assertThat(last.body()).as("close_notify").containsExactly(1, 0);
        assertThat(seen.subList(0, seen.size() - 1)).allMatch(one -> one.kind() == Seen.Kind.APPLICATION_DATA);
        assertThat(tls.isClosed()).isTrue();
        assertThat(tls.failure()).isSameAs(failure);
        assertThat(closed).containsExactly("CONNECTED " + failure);
        assertThatThrownBy(() -> tls.write(data, netOut)).isSameAs(failure);
        assertThatThrownBy(() -> tls.read(ByteBuffer.allocate(0), netOut)).isSameAs(failure);
    }

    private static StepResult writesAll(TlsServerConnection tls, ByteBuffer data, ByteBuffer netOut)
            throws TlsException {
        StepResult result;
        do {
            result = tls.write(data, netOut);
        } while (result == StepResult.NEED_OUTPUT);
        return result;
    }

    @ParameterizedTest
    @EnumSource(
            value = CipherSuite.class,
            names = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_128_CCM"})
    void aServerThatReceivesClosesBeforeTheClientsKeyIsUsedUp(CipherSuite suite) {
        Conversation conversation = connected(suite, BOUND);
        assertThat(recordsUntilClosed(conversation)).isBetween(SAFE - 1, SAFE + 1);
        List<Seen> seen = conversation.client().takeSeen();
        assertThat(seen).hasSize(1);
        assertThat(seen.get(0).body()).as("close_notify").containsExactly(1, 0);
        TlsException failure = conversation.server().failure();
        assertThat(failure).hasMessageContaining("a key is used up");
        assertThat(failure.alert()).isNull();
        assertThat(failure.fromPeer()).isFalse();
        assertThat(closed).containsExactly("CONNECTED " + failure);
    }

    private static int recordsUntilClosed(Conversation conversation) {
        int received = 0;
        while (!conversation.server().connection().isClosed()) {
            conversation.client().sends(applicationData(new byte[1 << 14]));
            conversation.server().settle();
            assertThat(++received).isLessThanOrEqualTo(BOUND);
        }
        return received;
    }

    /** What the client has said last is read before the connection ends by itself. */
    @Test
    void aCloseNotifyBehindTheLastRecordIsAGoodEnd() {
        CipherSuite suite = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
        int last = recordsUntilClosed(connected(suite, BOUND));
        closed.clear();
        Conversation conversation = connected(suite, BOUND);
        for (int i = 1; i < last; i++) {
            conversation.client().sends(applicationData(new byte[1 << 14]));
            conversation.server().settle();
        }
        conversation.client().sends(applicationData(new byte[1 << 14]), closeNotify());
        conversation.server().buffersInput();
        conversation.server().settle();
        assertThat(conversation.server().connection().isClosed()).isTrue();
        assertThat(conversation.server().connection().failure()).isNull();
        assertThat(closed).containsExactly("CONNECTED null");
    }

    /** A client that has closed has said all: the server that still sends ends in good order. */
    @Test
    void afterTheClientsCloseNotifyItIsAGoodEnd() throws TlsException {
        Conversation conversation = Conversation.of(
                        builder(local(TestIdentity.RSA_2048))
                                .bounds(Bounds.DEFAULT.withMaxRecordsPerKey(BOUND))
                                .outputAfterCloseNotify(true)
                                .build(),
                        ClientOptions.offering(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
                        Forms.PLAIN)
                .completes();
        TlsServerConnection tls = conversation.server().connection();
        conversation.client().sends(closeNotify());
        assertThat(conversation.server().settle()).isEqualTo(StepResult.CLOSED);
        StepResult result = writesAll(tls, ByteBuffer.allocate(100 << 14), ByteBuffer.allocate(200 << 14));
        assertThat(result).isEqualTo(StepResult.CLOSED);
        assertThat(tls.isClosed()).isTrue();
        assertThat(tls.failure()).isNull();
    }

    /** The client's key is of no use any more behind its close_notify: that it is all but used up cuts no answer. */
    @Test
    void afterTheClientsCloseNotifyOnlyTheServersKeyCounts() {
        CipherSuite suite = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
        int last = recordsUntilClosed(connected(suite, BOUND));
        Conversation conversation = Conversation.of(
                        builder(local(TestIdentity.RSA_2048))
                                .bounds(Bounds.DEFAULT.withMaxRecordsPerKey(BOUND))
                                .outputAfterCloseNotify(true)
                                .build(),
                        ClientOptions.offering(suite),
                        Forms.PLAIN)
                .completes();
        for (int i = 1; i < last; i++) {
            conversation.client().sends(applicationData(new byte[1 << 14]));
            conversation.server().settle();
        }
        conversation.client().sends(applicationData(new byte[1 << 14]), closeNotify());
        conversation.server().buffersInput();
        assertThat(conversation.server().settle()).isEqualTo(StepResult.CLOSED);
        conversation.server().sends("the answer");
        assertThat(conversation.client().takeReceived())
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo("the answer");
        conversation.server().closes();
    }

    /**
     * In a renegotiation there will be other keys soon: a writer is told to wait for the client, and not to empty a buffer
     * that has room.
     */
    @Test
    void aKeyThatIsUsedUpInARenegotiationWaitsForTheClient() throws IOException {
        Conversation conversation = Conversation.of(
                        builder(local(TestIdentity.RSA_2048))
                                .bounds(Bounds.DEFAULT.withMaxRecordsPerKey(BOUND))
                                .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                                .build(),
                        ClientOptions.offering(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
                        Forms.PLAIN)
                .completes();
        TlsServerConnection tls = conversation.server().connection();
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().settle();
        ByteBuffer data = ByteBuffer.allocate(100 << 14);
        ByteBuffer netOut = ByteBuffer.allocate(200 << 14);
        assertThat(tls.write(data, netOut)).isEqualTo(StepResult.NEED_OUTPUT);
        assertThat(tls.write(data, netOut)).isEqualTo(StepResult.NEED_INPUT);
        conversation.client().receives(Arrays.copyOf(netOut.array(), netOut.position()));
        conversation.secondFlight();
        conversation.server().settle();
        netOut.clear();
        data.limit(data.position() + 10);
        assertThat(tls.write(data, netOut)).as("with the new key").isEqualTo(StepResult.ESTABLISHED);
        conversation.client().receives(Arrays.copyOf(netOut.array(), netOut.position()));
        assertThat(conversation.client().takeReceived()).hasSize(data.position());
    }

    /** RFC 8446 5.5: with ChaCha20 the sequence number ends first, and CBC has no limit that small either. */
    @ParameterizedTest
    @EnumSource(
            value = CipherSuite.class,
            names = {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_RSA_WITH_AES_128_CBC_SHA256"})
    void otherCiphersContinue(CipherSuite suite) {
        Conversation conversation = connected(suite, BOUND);
        for (int i = 0; i < 3 * BOUND; i++) {
            conversation.server().sends(new byte[1 << 14]);
            conversation.client().takeSeen();
            conversation.client().takeReceived();
        }
        conversation.exchangesData();
    }

    @Test
    void theDefaultIsThatOfRfc8446AndAWiderOneChangesNothing() {
        assertThat(Bounds.DEFAULT.maxRecordsPerKey()).isEqualTo((long) Math.pow(2, 24.5));
        Conversation conversation = connected(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, Long.MAX_VALUE);
        conversation.exchangesData();
        assertThatThrownBy(() -> Bounds.DEFAULT.withMaxRecordsPerKey(3)).isInstanceOf(IllegalArgumentException.class);
    }
}
