package dev.lockstep.server.http;

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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        @Override
        public long bytesReceived() {
            return 0;
        }

        @Override
        public long bytesSent() {
            return 0;
        }

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
    private final List<Duration> alarms = new ArrayList<>();
    private final HttpApplication http =
            new HttpApplication((session, delay) -> alarms.add(delay), HttpApplication.MOST_REQUESTS);

    private void receive(String text) {
        http.onData(session, ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private String answer() {
        assertThat(session.sent).hasSize(1);
        return session.sent.get(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.0\n\n",
                "\r\n\nGET / HTTP/1.0\r\n\r\n",
                "GET /?a=b HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n",
                "GET https://a/ HTTP/1.1\r\nHOST:a\r\nX: \u00ff\t\r\nConnection: close\n\r\n"
            })
    void aHeadEndsWithItsFirstEmptyLine(String head) {
        for (char c : head.substring(0, head.length() - 1).toCharArray()) {
            receive(String.valueOf(c));
        }
        assertThat(session.sent).isEmpty();

        receive(head.substring(head.length() - 1));

        String version = head.contains("HTTP/1.0") ? "HTTP/1.0" : "HTTP/1.1";
        assertThat(answer()).startsWith(version + " 200 OK\r\n").contains("Connection: close\r\n");
        assertThat(session.closes).isTrue();
    }

    @Test
    void aConnectionHasOneRequestWhereNoneIsKept() {
        HttpApplication once = new HttpApplication((session, delay) -> {}, 1);
        once.onData(session, ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        assertThat(answer()).contains("Connection: close\r\n");
        assertThat(session.closes).isTrue();
    }

    @Test
    void connectionsAreKeptAsTheVersionHasIt() {
        receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        receive("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
        receive("GET /favicon.ico HTTP/1.1\r\nHost: a\r\n\r\n");
        receive("DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        assertThat(session.sent).allMatch(page -> page.contains("Connection: keep-alive\r\n"));
        assertThat(session.sent).extracting(page -> page.substring(9, 12)).containsExactly("200", "200", "404", "405");
        assertThat(session.sent.get(3)).contains("\r\nAllow: GET, HEAD\r\n");
        assertThat(session.closes).isFalse();
    }

    @Test
    void headGetsTheHeadOfThePage() {
        receive("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        String page = session.sent.get(1);
        assertThat(session.sent.get(0)).isEqualTo(page.substring(0, page.indexOf("\r\n\r\n") + 4));
    }

    @Test
    void aBrowserIsToldToRunAndToLoadNothing() {
        receive("GET / HTTP/1.1\r\nHost: a\r\n\r\nDELETE / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(session.sent)
                .hasSize(2)
                .allMatch(page -> page.contains("\r\nContent-Security-Policy: default-src 'none'\r\n"))
                .allMatch(page -> page.contains("\r\nX-Content-Type-Options: nosniff\r\n"));
    }

    @Test
    void aRequestWithABodyIsTheLast() {
        receive("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET / HTTP/1.1\r\n\r\n");
        assertThat(answer()).contains("Connection: close\r\n");
        assertThat(session.closes).isTrue();
    }

    @Test
    void onlySoManyPipelinedRequestsAreAnsweredBeforeTheClientReads() {
        receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(40));
        assertThat(session.sent).hasSize(HttpApplication.MOST_PIPELINED);
        http.onSent(session);
        http.onSent(session);
        assertThat(session.sent).hasSize(40);
        http.onSent(session);
        assertThat(session.sent).hasSize(40);
    }

    @Test
    void aConnectionServesSoManyRequests() {
        for (int i = 0; i < HttpApplication.MOST_REQUESTS; i++) {
            assertThat(session.closes).isFalse();
            receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        assertThat(session.closes).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "400, GET /",
        "400, GET  / HTTP/1.1",
        "400, G(T / HTTP/1.1",
        "400, GET / HTTP/1.10",
        "400, GET / HTTP/1.1",
        "400, GET / HTTP/1.1|Host: a|Host: a",
        "400, GET / HTTP/1.1|Host : a",
        "400, GET / HTTP/1.1|Host: a b",
        "400, GET / HTTP/1.1|Host: a/../b",
        "400, GET / HTTP/1.1|Host: u@a",
        "400, GET / HTTP/1.1|Host: a:8x",
        "400, GET / HTTP/1.1|Host: [::1",
        "400, GET / HTTP/1.1|Host: caf\u00e9",
        "400, GET / HTTP/1.1|Host: %4",
        "400, GET / HTTP/1.1|Host: a| folded",
        "400, GET / HTTP/1.1|Host: a|no colon",
        "400, GET / HTTP/1.1|Host: a|Content-Length: x",
        "400, GET / HTTP/1.1|Host: a|Content-Length: 1|Content-Length: 2",
        "400, GET / HTTP/1.1|Host: a|Content-Length: 1|Transfer-Encoding: chunked",
        "505, GET / HTTP/2.0",
        "505, PRI * HTTP/2.0"
    })
    void aRequestThatIsNoneEndsTheConnection(String status, String head) {
        receive(head.replace("|", "\r\n") + "\r\n\r\n");
        assertThat(answer()).startsWith("HTTP/1.1 " + status + " ").contains("Connection: close\r\n");
        assertThat(session.closes).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a.example", "A-b_c.example:8443", "a.example:", "192.0.2.7:1", "[2001:db8::1]:443", "%61"})
    void aHostMayBeANameOrAnAddressWithAPort(String host) {
        receive("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        assertThat(answer()).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void whatIsNoRequestIsAnsweredWhenItEnds() {
        receive("hello server!\n");
        assertThat(session.sent).isEmpty();
        receive("hello again!\n\n");
        assertThat(answer()).startsWith("HTTP/1.1 400 ");
        assertThat(session.closes).isTrue();
    }

    @Test
    void linesAndHeadsAreBounded() {
        receive("GET /" + "x".repeat(RequestReader.LONGEST_LINE) + " HTTP/1.1\r\n");
        assertThat(answer()).startsWith("HTTP/1.1 414 ");
    }

    @Test
    void aFieldThatIsNotUsedMayBeLong() {
        receive("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(100_000) + "\r\n\r\n");
        assertThat(answer()).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aFieldThatIsUsedMayNot() {
        receive("GET / HTTP/1.1\r\nHost: " + "x".repeat(RequestReader.LONGEST_LINE) + "\r\n");
        assertThat(answer()).startsWith("HTTP/1.1 431 ");
    }

    @Test
    void aHeadWithoutEndIsRefusedAtTheLimit() {
        receive("GET / HTTP/1.1\r\nX: ");
        for (int i = 0; i < RequestReader.LONGEST_HEAD / 1024 - 1; i++) {
            receive("x".repeat(1024));
        }
        assertThat(session.sent).isEmpty();
        receive("x".repeat(1024));
        assertThat(answer()).startsWith("HTTP/1.1 431 ").hasSize(HttpPage.LENGTH);
    }

    @Test
    void theTimeForAHeadRunsFromItsFirstByte() {
        http.onEstablished(session);
        receive("G");
        receive("ET / HTTP/1.1\r\n");
        receive("Host: a\r\n\r\n");
        assertThat(alarms).containsExactly(Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(60));
        session.sent.clear();
        receive("GET");
        http.onAlarm(session);
        assertThat(answer()).startsWith("HTTP/1.1 408 ");
        assertThat(session.closes).isTrue();
    }

    /** A client that reads its answers late must not have all the time in the world for its next head. */
    @Test
    void theTimeForAHeadIsAskedForAgainWhileAnAnswerWaits() {
        http.onEstablished(session);
        receive("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET");
        assertThat(session.hasUnsent()).isTrue();
        alarms.clear();
        http.onAlarm(session);
        assertThat(session.closes).isFalse();
        assertThat(alarms).containsExactly(Duration.ofSeconds(30));
        session.sent.clear();
        http.onSent(session);
        http.onAlarm(session);
        assertThat(answer()).startsWith("HTTP/1.1 408 ");
        assertThat(session.closes).isTrue();
    }

    @Test
    void silenceIsNotAnswered() {
        http.onEstablished(session);
        http.onAlarm(session);
        assertThat(session.sent).isEmpty();
        assertThat(session.closes).isTrue();
    }

    @Test
    void theNextAnswerIsTheLastOfAServerThatDrains() {
        http.onEstablished(session);
        http.onDrain(session);
        assertThat(session.closes).isFalse();
        receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(answer()).startsWith("HTTP/1.1 200 ").contains("Connection: close\r\n");
        assertThat(session.closes).isTrue();
    }

    @Test
    void anIdleClientOfAServerThatDrainsHasALittleTimeForItsRequest() {
        http.onEstablished(session);
        alarms.clear();
        http.onDrain(session);
        assertThat(alarms).singleElement().satisfies(delay -> assertThat(delay)
                .isBetween(Duration.ofMillis(1), Duration.ofSeconds(1)));
        assertThat(session.closes).isFalse();
        http.onAlarm(session);
        assertThat(session.closes).isTrue();
        assertThat(session.sent).isEmpty();
    }

    /** Its answer has promised to keep the connection. */
    @Test
    void aClientThatIsBeingAnsweredWhenTheServerDrainsIsIdleAfterwards() {
        http.onEstablished(session);
        receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        alarms.clear();
        http.onDrain(session);
        assertThat(alarms).isEmpty();
        session.sent.clear();
        http.onSent(session);
        assertThat(alarms).hasSize(1);
        http.onAlarm(session);
        assertThat(session.closes).isTrue();
    }

    @Test
    void thePageHasOneLengthHoweverLongTheNamesAre() {
        session.info = negotiated("n".repeat(255), "p".repeat(255));
        receive("\nGET / HTTP/1.0\n\n");

        KeyWait longest = new KeyWait(1, 999_999_000_000L, 99_999_999, 99_999_999_999L);
        assertThat(session.sent.get(0)).hasSize(HttpPage.LENGTH).contains("n".repeat(48) + "...\n");
        assertThat(HttpPage.render(session.info, longest, true)).hasSize(HttpPage.LENGTH);
    }

    @Test
    void nothingThatTheClientSentBecomesMarkup() {
        session.info = negotiated("<script>\"&'\u00ff", "a\u0000b\n");
        receive("GET / HTTP/1.0\n\n");

        assertThat(session.sent.get(0)).contains("<td>?script?????\n").contains("<td>a?b?\n");
    }
}
