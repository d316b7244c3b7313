package dev.lockstep.conversations.session;

import static dev.lockstep.conversations.fixture.SessionFixture.fullHandshake;
import static dev.lockstep.conversations.fixture.SessionFixture.resumes;
import static dev.lockstep.conversations.fixture.SessionFixture.session;
import static dev.lockstep.conversations.fixture.SessionFixture.shortAnswer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Failures;
import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.psk.PskRequest;
import dev.lockstep.tls.psk.PskSource;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What sessions are bound to is in part the application's to say: where it fails, that costs a session and no connection. */
class FaultyBindingTest {

    private static final IllegalStateException FAULT = new IllegalStateException("the directory is down");

    /** Knows the client's key, and fails to say what sessions are bound to while it is told to. */
    private static final class Flaky implements PskSource {
        private boolean failing;

        @Override
        public Start<Optional<byte[]>> start(PskRequest request, Waker waker) {
            return Start.done(Optional.of(ClientOptions.PSK.clone()));
        }

        @Override
        public byte[] sessionContext() {
            if (failing) {
                throw FAULT;
            }
            return new byte[] {1};
        }
    }

    private final SessionFixture sessions = new SessionFixture();
    private final Flaky source = new Flaky();
    private final List<Throwable> told = new ArrayList<>();
    private final TlsServerConfig config = sessions.builder()
            .preSharedKeys(source)
            .observer(Failures.into(told))
            .build();

    private static ClientOptions options(boolean ticket) {
        ClientOptions options = ClientOptions.offering(CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256)
                .psk(ClientOptions.PSK_IDENTITY, ClientOptions.PSK);
        return ticket ? options.wantingTicket() : options;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSessionThatCannotBeBoundIsNotKept(boolean ticket) {
        source.failing = true;
        ClientSession unbound = session(config, options(ticket));
        assertThat(told).containsExactly(FAULT);
        assertThat(sessions.given()).isEmpty();
        if (ticket) {
            assertThat(unbound.ticket()).isEmpty();
        } else {
            fullHandshake(Conversation.of(config, options(false).resumingById(unbound), Forms.PLAIN));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSessionWhoseBindingCannotBeComparedIsNotResumed(boolean ticket) {
        ClientSession session = session(config, options(ticket));
        ClientOptions again = ticket
                ? options(true).resumingByTicket(session)
                : options(false).resumingById(session);
        source.failing = true;
        TlsServerConfig another = config.toBuilder().build(); // which has not asked yet
        fullHandshake(Conversation.of(another, again, Forms.PLAIN));
        assertThat(told).isNotEmpty().containsOnly(FAULT);
        source.failing = false;
        resumes(Conversation.of(another, again, Forms.PLAIN), shortAnswer());
    }
}
