package dev.lockstep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.interop.Exchange.Outcome;
import dev.lockstep.interop.MatrixTable.Column;
import dev.lockstep.interop.Setup.Groups;
import dev.lockstep.interop.Setup.Keys;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The interop matrix: each client of others, with its own defaults capped at TLS 1.2, x {RSA, EC} x {key that answers at
 * once, key that suspends the handshake}. What the client says of a connection and what the server's trace says of it must
 * both be right. The table is printed at the end, and docs/interop.md has it.
 */
@ExtendWith(Servers.class)
class InteropMatrixIT {
    private static final MatrixTable TABLE = new MatrixTable(Peers.ALL);

    private final Servers.Pool servers;

    InteropMatrixIT(Servers.Pool servers) {
        this.servers = servers;
    }

    record Case(Peer peer, KeyKind certificate, Keys keys) {
        Setup setup() {
            return new Setup(keys, peer.service(), Groups.LARGE_FIRST, List.of("--trace"));
        }

        @Override
        public String toString() {
            return peer.name() + ", " + certificate + ", " + keys;
        }
    }

    static Stream<Case> peers() {
        return Peers.ALL.stream().flatMap(peer -> Stream.of(KeyKind.RSA_2048, KeyKind.P256)
                .flatMap(kind -> Arrays.stream(Keys.values()).map(keys -> new Case(peer, kind, keys))));
    }

    @ParameterizedTest
    @MethodSource("peers")
    void verifiesTheChainAndExchangesData(Case row) throws IOException, InterruptedException {
        row.peer().require();
        MatrixTable.Run run = TABLE.begin(row.peer(), Column.FRESH, row.toString());
        try (ServerWatch watch = ServerWatch.start(servers.server(row.setup()))) {
            Exchange exchange =
                    row.peer().talk(servers.target(row.setup(), row.certificate()), Payload.of(row.hashCode(), 20));
            assertThat(exchange.outcome()).as(exchange::said).isEqualTo(Outcome.COMPLETED);
            assertThat(watch.established(1)).singleElement().satisfies(connection -> {
                assertThat(connection.keyOperations()).isOne();
                assertThat(connection.waitsForTheKey()).isEqualTo(row.keys() == Keys.DELAYED ? 1 : 0);
                assertThat(connection.isClosedInOrder()).isTrue();
            });
            run.passed();
        }
    }

    @ParameterizedTest
    @MethodSource("peers")
    void refusesTheServerWhenItTrustsAnotherRoot(Case row) throws IOException, InterruptedException {
        row.peer().require();
        MatrixTable.Run run = TABLE.begin(row.peer(), Column.OTHER_ROOT, row.toString());
        try (ServerWatch watch = ServerWatch.start(servers.server(row.setup()))) {
            Exchange exchange =
                    row.peer().talk(servers.distrusted(row.setup(), row.certificate()), Payload.of(row.hashCode(), 1));
            assertThat(exchange.outcome()).as(exchange::said).isEqualTo(Outcome.CERTIFICATE_REFUSED);
            // Some clients look at the chain only when the handshake is over.
            assertThat(watch.established(1)).hasSizeLessThanOrEqualTo(1);
            run.passed();
        }
    }

    @AfterAll
    static void theTableIsPrintedAndThePageHasIt() throws IOException {
        System.out.println(TABLE.forTerminal());
        TABLE.checkPage();
    }
}
