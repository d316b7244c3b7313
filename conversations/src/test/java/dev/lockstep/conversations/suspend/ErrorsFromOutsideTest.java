package dev.lockstep.conversations.suspend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.EchoServer;
import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.answer.FaultyParts;
import dev.lockstep.testkit.answer.FaultyParts.Part;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientVisit;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.CipherSuite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An {@link Error} out of any part of the application ends that connection, with an alert and cleared secrets, or costs it
 * nothing at all. It never leaves a connection that is neither open nor closed. The same holds for a checked exception that
 * the SPI does not declare, as code in Kotlin or Scala may throw it.
 */
class ErrorsFromOutsideTest {

    private static final String INTERNAL_ERROR = "2, 80";
    private static final String DECRYPT_ERROR = "2, 51";
    private static final String SERVED = "";

    private static final List<Supplier<Throwable>> FAULTS = List.of(
            () -> new OutOfMemoryError("injected"),
            () -> new StackOverflowError("injected"),
            () -> new NoClassDefFoundError("injected"),
            () -> new AssertionError("injected"),
            () -> new IOException("injected"),
            Indescribable::new);

    /** Says nothing about itself: how should the connection? */
    private static final class Indescribable extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("a message that fails");
        }

        @Override
        public String toString() {
            return getMessage();
        }
    }

    static List<Arguments> faults() {
        List<Arguments> faults = new ArrayList<>();
        for (Part part : Part.values()) {
            FAULTS.forEach(fault -> faults.add(Arguments.of(part, fault.get())));
        }
        return faults;
    }

    private static String expected(Part part) {
        return switch (part) {
            // a session that is not kept or found, and a staple that is not there, cost a client little
            case STORE_START, STORE_RESUME, STORE_PUT, TICKET_SEAL, TICKET_OPEN, STAPLE, ON_CLOSED -> SERVED;
            // like a wrong pre-shared key: whatever happens with it is masked until Finished
            case PSK_START, PSK_RESUME -> "2, 20";
            default -> INTERNAL_ERROR;
        };
    }

    @ParameterizedTest
    @MethodSource("faults")
    void endsOneConnectionAtMost(Part part, Throwable fault) throws Exception {
        FaultyParts parts = new FaultyParts(TestIdentity.P256);
        TlsServerConfig config = parts.config().build();
        ClientOptions first = ClientOptions.offering(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)
                .protocols("http/1.1")
                .statusRequest();
        EchoServer earlier = new EchoServer(config);
        ClientVisit before = new ClientVisit(part == Part.TICKET_OPEN ? first.wantingTicket() : first, earlier::serve);
        assertThat(before.run(TestIdentity.P256)).isEqualTo(SERVED);

        parts.arm(part, fault);
        EchoServer server = new EchoServer(config);
        ClientVisit visit = new ClientVisit(options(part, first, before), server::serve);
        String end = visit.run(TestIdentity.P256);

        assertThat(parts.thrown()).isOne();
        assertThat(end.equals(DECRYPT_ERROR) ? "2, 20" : end).isEqualTo(expected(part));
        assertThat(server.connection().isClosed()).isTrue();
        SecretHunt.assertHandshakeHoldsNone(server.connection());
        if (end.equals(INTERNAL_ERROR)) {
            assertThat(server.connection().failure()).hasRootCause(fault);
        }
        EchoServer later = new EchoServer(config);
        assertThat(new ClientVisit(first, later::serve).run(TestIdentity.P256)).isEqualTo(SERVED);
    }

    /** The client whose visit leads to the part. */
    private static ClientOptions options(Part part, ClientOptions plain, ClientVisit before) {
        return switch (part) {
            case STORE_START, STORE_RESUME -> plain.resumingById(before.session());
            case TICKET_SEAL -> plain.wantingTicket();
            case TICKET_OPEN -> plain.resumingByTicket(before.session());
            case PSK_START, PSK_RESUME ->
                ClientOptions.offering(CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256)
                        .psk(ClientOptions.PSK_IDENTITY, ClientOptions.PSK);
            default -> plain;
        };
    }
}
