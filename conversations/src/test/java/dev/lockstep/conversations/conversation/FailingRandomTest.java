package dev.lockstep.conversations.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.conversations.fixture.FailingRandom;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.ProviderException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Without random bytes no record of a CBC suite can be sealed, the last alert included. The connection ends all the same, with one
 * failure and without a key.
 */
class FailingRandomTest {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private enum Call {
        WRITE,
        CLOSE_OUTPUT,
        CLOSE,
        FAIL
    }

    private final FailingRandom random = new FailingRandom();
    private final List<String> closed = new ArrayList<>();
    private final ByteBuffer out = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
    private final Conversation conversation = Conversation.of(
                    TestServers.builder(TestServers.local(TestIdentity.P256))
                            .random(random)
                            .observer(new ConnectionObserver() {
                                @Override
                                public void onClosed(String state, IOException failure) {
                                    closed.add(state + (failure == null ? "" : " failed"));
                                }
                            })
                            .build(),
                    ClientOptions.offering(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256),
                    Forms.PLAIN)
            .completes();
    private final TlsServerConnection tls = conversation.server().connection();

    private StepResult run(Call call) throws TlsException {
        return switch (call) {
            case WRITE -> tls.write(ByteBuffer.allocate(10), out);
            case CLOSE_OUTPUT -> tls.closeOutput(out);
            case CLOSE -> tls.close(out);
            case FAIL -> tls.fail(new IOException("the file is gone"), out);
        };
    }

    private void isOver() {
        assertThat(tls.isClosed()).isTrue();
        assertThat(tls.wantsOutput()).isFalse();
        assertThat(tls.close(out)).isEqualTo(StepResult.CLOSED);
        assertThat(out.position()).as("bytes sent").isZero();
        assertThat(closed).hasSize(1);
        SecretHunt.assertNoneIn(tls, conversation.client().secrets());
    }

    /** Data that cannot be sealed is a failure of the connection, as any other defect is. */
    @Test
    void aWriteFailsWithTheOneExceptionThatItDeclares() {
        random.fail();
        assertThatThrownBy(() -> run(Call.WRITE))
                .isInstanceOfSatisfying(
                        TlsException.class, e -> assertThat(e.alert()).isEqualTo(AlertDescription.INTERNAL_ERROR))
                .hasRootCauseInstanceOf(ProviderException.class)
                .isSameAs(tls.failure());
        assertThatThrownBy(() -> tls.step(NOTHING, out)).isSameAs(tls.failure());
        assertThatThrownBy(() -> tls.read(NOTHING, out)).isSameAs(tls.failure());
        assertThat(closed).containsExactly("CONNECTED failed");
        isOver();
    }

    /** The alert alone is lost: nothing else was to be sent. */
    @ParameterizedTest
    @EnumSource(names = {"CLOSE_OUTPUT", "CLOSE", "FAIL"})
    void anEndWhoseAlertCannotBeSealedIsAnEnd(Call call) throws TlsException {
        random.fail();
        assertThat(run(call)).isEqualTo(StepResult.CLOSED);
        tls.close(out);
        isOver();
    }

    /** The alert of an earlier failure waits for room, and cannot be sealed when there is some. */
    @Test
    void anAlertThatHasWaitedForRoomIsDropped() {
        Exception cause = new IOException("the file is gone");
        assertThat(tls.fail(cause, NOTHING)).isEqualTo(StepResult.NEED_OUTPUT);
        random.fail();
        assertThatThrownBy(() -> tls.step(NOTHING, out)).isSameAs(tls.failure()).hasCause(cause);
        isOver();
    }
}
