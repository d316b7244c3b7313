package dev.lockstep.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.answer.FaultyParts;
import dev.lockstep.testkit.answer.FaultyParts.Part;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientVisit;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.CipherSuite;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An {@link Error} that any part of an application throws ends one connection of a loop at most, and is told. */
@Timeout(120)
class ErrorsInTheLoopTest {

    private static final String INTERNAL_ERROR = "2, 80";
    private static final String SERVED = "";

    private static final List<Supplier<Error>> ERRORS = List.of(
            () -> new OutOfMemoryError("injected"),
            () -> new StackOverflowError("injected"),
            () -> new NoClassDefFoundError("injected"));

    /** A method of a handler, or of what makes connections. */
    enum Call {
        CONFIG,
        NEW_HANDLER,
        ON_ESTABLISHED,
        ON_SUSPENDED,
        ON_RESUMED,
        ON_DATA,
        ON_SENT,
        ON_END,
        ON_CLOSED
    }

    static List<Arguments> parts() {
        List<Arguments> faults = new ArrayList<>();
        for (Part part : Part.values()) {
            ERRORS.forEach(error -> faults.add(Arguments.of(part, error.get())));
        }
        return faults;
    }

    static List<Arguments> calls() {
        List<Arguments> faults = new ArrayList<>();
        for (Call call : Call.values()) {
            ERRORS.forEach(error -> faults.add(Arguments.of(call, error.get())));
        }
        return faults;
    }

    /** One loop for all errors, which survives them all. */
    private static final FaultyParts PARTS = new FaultyParts(TestIdentity.P256);

    private static final AtomicReference<@Nullable Armed> ARMED = new AtomicReference<>();
    private static TestLoop server;

    private record Armed(Call call, Error error, CountDownLatch thrown) {}

    @BeforeAll
    static void start() throws Exception {
        TlsServerConfig config = PARTS.config().build();
        Supplier<Handler> handlers = () -> {
            at(Call.NEW_HANDLER);
            return new FaultyHandler();
        };
        Supplier<TlsServerConfig> configs = () -> {
            at(Call.CONFIG);
            return config;
        };
        server = new TestLoop(Limits.DEFAULT, handlers, configs);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void at(Call here) {
        Armed now = ARMED.get();
        if (now != null && now.call == here && ARMED.compareAndSet(now, null)) {
            now.thrown.countDown();
            throw now.error;
        }
    }

    @ParameterizedTest
    @MethodSource("parts")
    void ofAPartOfTheConfigurationEndsOneConnectionAtMost(Part part, Error error) throws Exception {
        ClientVisit before = visitOf(server, part == Part.TICKET_OPEN ? plain().wantingTicket() : plain());
        if (part == Part.STORE_START || part == Part.STORE_RESUME || part == Part.TICKET_OPEN) {
            assertThat(before.run(TestIdentity.P256)).isEqualTo(SERVED);
        }
        int thrown = PARTS.thrown();
        long defects = server.loop.counters().defects();

        PARTS.arm(part, error);
        String end = visitOf(server, options(part, before)).run(TestIdentity.P256);

        assertThat(PARTS.thrown()).isEqualTo(thrown + 1);
        switch (part) {
            case STORE_START, STORE_RESUME, STORE_PUT, TICKET_SEAL, TICKET_OPEN, STAPLE, ON_CLOSED ->
                assertThat(end).isEqualTo(SERVED);
            case PSK_START, PSK_RESUME -> assertThat(end).startsWith("2, ");
            default -> {
                assertThat(end).isEqualTo(INTERNAL_ERROR);
                assertThat(server.loop.counters().defects()).isGreaterThan(defects);
            }
        }
        assertServesOn(server);
    }

    @ParameterizedTest
    @MethodSource("calls")
    void ofAHandlerEndsItsConnectionWithAnAlert(Call call, Error error) throws Exception {
        CountDownLatch thrown = new CountDownLatch(1);
        long defects = server.loop.counters().defects();

        ARMED.set(new Armed(call, error, thrown));
        String end = visitOf(server, plain()).run(TestIdentity.P256);

        assertThat(thrown.await(30, TimeUnit.SECONDS)).isTrue();
        boolean told = call.compareTo(Call.ON_ESTABLISHED) >= 0 && call.compareTo(Call.ON_END) < 0;
        assertThat(end).isEqualTo(told ? INTERNAL_ERROR : SERVED);
        assertServesOn(server);
        assertThat(server.loop.counters().defects()).isGreaterThan(defects);
    }

    @ParameterizedTest
    @MethodSource("observed")
    void ofAnObserverOfTheLoopConcernsNoConnection(Error error) throws Exception {
        TlsServerConfig config = PARTS.config().build();
        try (TestLoop observed = TestLoop.observed(() -> config, new LoopObserver() {
            @Override
            public void onTurn(long connection) {
                throw error;
            }

            @Override
            public void onAccepted(Session session) {
                throw error;
            }
        })) {
            assertServesOn(observed);
            assertThat(observed.events()).as("told to another observer").contains("defect: " + error);
        }
    }

    /** More of them than the loop permits turns that fail. */
    @ParameterizedTest
    @MethodSource("observed")
    void ofTasksConcernsNoOtherTaskAndNoConnection(Error error) throws Exception {
        try (TestLoop loop = TestLoop.observed(() -> PARTS.config().build(), LoopObserver.NONE)) {
            for (int i = 0; i < 40; i++) {
                loop.loop.execute(() -> {
                    throw error;
                });
            }
            CountDownLatch last = new CountDownLatch(1);
            loop.loop.execute(last::countDown);
            assertThat(last.await(30, TimeUnit.SECONDS)).isTrue();
            assertServesOn(loop);
            assertThat(loop.loop.counters().defects()).isEqualTo(40);
            assertThat(loop.events()).contains("defect: " + error);
        }
    }

    static List<Error> observed() {
        return ERRORS.stream().map(Supplier::get).toList();
    }

    private static final class FaultyHandler implements Handler {
        @Override
        public void onEstablished(Session session) {
            at(Call.ON_ESTABLISHED);
        }

        @Override
        public void onSuspended(Session session) {
            at(Call.ON_SUSPENDED);
        }

        @Override
        public void onResumed(Session session) {
            at(Call.ON_RESUMED);
        }

        @Override
        public void onData(Session session, ByteBuffer data) {
            at(Call.ON_DATA);
            session.send(data);
        }

        @Override
        public void onSent(Session session) {
            at(Call.ON_SENT);
        }

        @Override
        public void onEnd(Session session) {
            at(Call.ON_END);
            session.close();
        }

        @Override
        public void onClosed(Session session, Throwable cause) {
            at(Call.ON_CLOSED);
        }
    }

    private static void assertServesOn(TestLoop server) throws Exception {
        assertThat(visitOf(server, plain()).run(TestIdentity.P256)).isEqualTo(SERVED);
        assertThat(server.runs()).isTrue();
    }

    private static ClientOptions plain() {
        return ClientOptions.offering(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)
                .protocols("http/1.1")
                .statusRequest();
    }

    private static ClientOptions options(Part part, ClientVisit before) {
        return switch (part) {
            case STORE_START, STORE_RESUME -> plain().resumingById(before.session());
            case TICKET_SEAL -> plain().wantingTicket();
            case TICKET_OPEN -> plain().resumingByTicket(before.session());
            case PSK_START, PSK_RESUME ->
                ClientOptions.offering(CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256)
                        .psk(ClientOptions.PSK_IDENTITY, ClientOptions.PSK);
            default -> plain();
        };
    }

    private static ClientVisit visitOf(TestLoop server, ClientOptions options) throws IOException {
        return visit(server.tcp(), options);
    }

    /** Over a socket: reads until the server's turn is over, which the last message of each flight shows. */
    private static ClientVisit visit(Socket socket, ClientOptions options) {
        return new ClientVisit(options, client -> {
            byte[] buffer = new byte[20_000];
            try {
                for (byte[] record : client.takeRecords()) {
                    socket.getOutputStream().write(record);
                }
                while (!client.hasSeen(
                        Seen.Kind.SERVER_HELLO_DONE, Seen.Kind.FINISHED, Seen.Kind.APPLICATION_DATA, Seen.Kind.ALERT)) {
                    int count = socket.getInputStream().read(buffer);
                    if (count < 0) {
                        return;
                    }
                    client.receives(Arrays.copyOf(buffer, count));
                }
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (IOException e) {
                return; // reset: the end, however it comes
            }
        });
    }
}
