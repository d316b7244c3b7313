package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.InlineKey;
import dev.lockstep.nio.Duplex;
import dev.lockstep.nio.LoopCounters;
import dev.lockstep.nio.Session;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Suspension;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a head is complete, and what is answered to it. */
class HttpApplicationTest {

    private static Credential credential;

    @BeforeAll
    static void makeCredential() throws Exception {
        ThrowawayCa ca = new ThrowawayCa(Instant.now());
        KeyPair keys = ca.ec();
        credential = Credential.external(
                List.of(ca.issueForLocalhost(keys)),
                InlineKey.of(InMemoryKey.of(keys.getPrivate(), new SecureRandom())));
    }

    /** A session that notes what is asked of it. */
    private static final class Noted implements Session {
        final List<String> sent = new ArrayList<>();
        boolean closes;
        ConnectionInfo info = negotiated("localhost", "http/1.1");

        @Override
        public void send(ByteBuffer data) {
            sent.add(StandardCharsets.US_ASCII.decode(data).toString());
        }

        @Override
        public void close() {
            closes = true;
        }

        @Override
        public ConnectionInfo info() {
            return info;
        }

        @Override
        public Suspension suspension() {
            return null;
        }

        @Override
        public long turns() {
            return 0;
        }

        @Override
        public LoopCounters counters() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long id() {
            return 1;
        }

        @Override
        public SocketAddress remoteAddress() {
            return null;
        }

        @Override
        public Duplex duplex() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean hasUnsent() {
            return !sent.isEmpty();
        }

        @Override
        public void shutdownOutput() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void abort() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }

    private static ConnectionInfo negotiated(String serverName, String protocol) {
        return new ConnectionInfo(
                CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                NamedGroup.SECP521R1,
                SignatureScheme.ECDSA_SECP521R1_SHA512,
                serverName,
                protocol,
                false,
                true,
                List.of(),
                credential,
                null,
                false,
                null,
                java.time.Instant.EPOCH);
    }

    private final Noted session = new Noted();
    private final HttpApplication http = new HttpApplication();

    private void receive(String text) {
        http.onData(session, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.0\n\n", "GET / HTTP/1.0\r\n\r\n", "GET /\r\nA: b\r\n\r\n", "GET /\n\r\n"})
    void aHeadEndsWithItsFirstEmptyLine(String head) {
        for (char c : head.substring(0, head.length() - 1).toCharArray()) {
            receive(String.valueOf(c));
        }
        assertThat(session.sent).isEmpty();

        receive(head.substring(head.length() - 1));

        assertThat(session.sent).hasSize(1);
        assertThat(session.closes).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.0\r\n",
                "GET /\r\r\n",
                "GET /\r\nA\r\n",
                "\n",
                "\r\n",
                "GET /\n\r",
                "GET /\r\n\r\r\n"
            })
    void anythingElseIsNotTheEndYet(String text) {
        receive(text);

        assertThat(session.sent).isEmpty();
        assertThat(session.closes).isFalse();
    }

    @Test
    void whatFollowsTheHeadIsNotAnswered() {
        receive("GET / HTTP/1.0\n\nGET / HTTP/1.0\n\n");
        receive("GET / HTTP/1.0\n\n");

        assertThat(session.sent).hasSize(1);
    }

    @Test
    void aHeadWithoutEndIsRefusedAtTheLimit() {
        String kilobyte = "x".repeat(1024);
        for (int i = 0; i < HttpApplication.LONGEST_HEAD / 1024; i++) {
            receive(kilobyte);
        }
        assertThat(session.sent).isEmpty();

        receive("x");

        assertThat(session.sent).hasSize(1);
        assertThat(session.sent.get(0)).startsWith("HTTP/1.0 400 ").hasSize(HttpPage.LENGTH);
    }

    @Test
    void thePageHasOneLengthHoweverLongTheNamesAre() {
        session.info = negotiated("n".repeat(255), "p".repeat(255));
        receive("\nGET\n\n");

        KeyWait longest = new KeyWait(1, 999_999_000_000L, 99_999_999, 99_999_999_999L);
        assertThat(session.sent.get(0)).hasSize(HttpPage.LENGTH).contains("n".repeat(48) + "...\n");
        assertThat(HttpPage.render(session.info, longest)).hasSize(HttpPage.LENGTH);
    }

    @Test
    void nothingThatTheClientSentBecomesMarkup() {
        session.info = negotiated("<script>\"&'\u00ff", "a\u0000b\n");
        receive("GET /\n\n");

        assertThat(session.sent.get(0)).contains("<td>?script?????\n").contains("<td>a?b?\n");
    }
}
