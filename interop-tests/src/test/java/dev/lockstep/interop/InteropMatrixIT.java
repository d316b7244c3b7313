package dev.lockstep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.interop.Exchange.Outcome;
import dev.lockstep.interop.MatrixTable.Column;
import dev.lockstep.interop.Peer.Resumption;
import dev.lockstep.interop.Setup.Groups;
import dev.lockstep.interop.Setup.Keys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The interop matrix: each client of others, with its own defaults capped at TLS 1.2, x {RSA, EC} x {key that answers at
 * once, key that suspends the handshake} x {full handshake, resumed by ID, resumed by ticket} x {no client certificate,
 * client certificate}. What the client says of a connection and what the server's trace says of it must both be right. The
 * table is printed at the end, and docs/evidence/interop.md has it.
 */
@Tag("one-jdk")
@ExtendWith(Servers.class)
class InteropMatrixIT {
    private static final MatrixTable TABLE = new MatrixTable(Peers.ALL);

    private final Servers.Pool servers;

    InteropMatrixIT(Servers.Pool servers) {
        this.servers = servers;
    }

    record Case(Peer peer, Column column, KeyKind certificate, Keys keys) {
        Setup setup(TestPki pki) {
            List<String> options = new ArrayList<>(List.of("--trace"));
            if (column.withIdentity()) {
                options.addAll(List.of(
                        "--client-auth",
                        "require",
                        "--client-ca",
                        pki.clientRoot().toString()));
            }
            if (column.resumption() == Resumption.ID) {
                options.add("--no-tickets");
            }
            return new Setup(keys, peer.service(), Groups.LARGE_FIRST, options);
        }

        @Override
        public String toString() {
            return peer.name() + ", " + column + ", " + certificate + ", " + keys;
        }
    }

    static Stream<Case> served() {
        return cases(Arrays.stream(Column.values())
                .filter(column -> column != Column.OTHER_ROOT)
                .toList());
    }

    static Stream<Case> refused() {
        return cases(List.of(Column.OTHER_ROOT));
    }

    /** Neighbours have different servers, as a server is watched by one test at a time. */
    private static Stream<Case> cases(List<Column> columns) {
        return Peers.ALL.stream()
                .flatMap(peer -> Stream.of(KeyKind.RSA_2048, KeyKind.P256).flatMap(kind -> columns.stream()
                        .filter(column -> column.isFor(peer))
                        .flatMap(column ->
                                Arrays.stream(Keys.values()).map(keys -> new Case(peer, column, kind, keys)))));
    }

    @ParameterizedTest
    @MethodSource("served")
    void bothSidesSayThatItWentWell(Case row) throws IOException, InterruptedException {
        row.peer().require();
        Setup setup = row.setup(servers.pki());
        Resumption resumption = row.column().resumption();
        Visit visit = new Visit(
                Payload.of(row.hashCode(), 20),
                resumption,
                row.column().withIdentity() ? servers.pki().client(row.certificate()) : null);
        MatrixTable.Run run = TABLE.begin(row.peer(), row.column(), row.toString());
        try (ServerWatch watch = ServerWatch.start(servers.server(setup))) {
            Exchange exchange = row.peer().talk(servers.target(setup, row.certificate()), visit);
            assertThat(exchange.outcome()).as(exchange::said).isEqualTo(Outcome.COMPLETED);
            assertThat(exchange.resumed()).as(exchange::said).isEqualTo(visit.resumes());
            List<TracedConnection> connections = watch.established(visit.connections());
            assertThat(connections).as(exchange::said).hasSize(visit.connections());
            assertFull(row, connections.get(0));
            if (resumption != null) {
                assertResumed(resumption, connections.get(1));
            }
        }
        run.passed();
    }

    static Stream<Case> notResumed() {
        return Peers.ALL.stream().flatMap(peer -> Arrays.stream(Column.values())
                .filter(column -> column.isRefusedTo(peer))
                .filter(column -> peer.resumptions().contains(column.resumption()))
                .flatMap(column ->
                        Arrays.stream(Keys.values()).map(keys -> new Case(peer, column, KeyKind.RSA_2048, keys))));
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("notResumed")
    void aSessionWithoutExtendedMasterSecretDoesNotVouchForTheClient(Case row)
            throws IOException, InterruptedException {
        row.peer().require();
        Setup setup = row.setup(servers.pki());
        Visit visit = new Visit(
                Payload.of(row.hashCode(), 20),
                row.column().resumption(),
                servers.pki().client(row.certificate()));
        try (ServerWatch watch = ServerWatch.start(servers.server(setup))) {
            Exchange exchange = row.peer().talk(servers.target(setup, row.certificate()), visit);
            assertThat(exchange.outcome()).as(exchange::said).isEqualTo(Outcome.COMPLETED);
            assertThat(watch.established(2)).hasSize(2).allSatisfy(connection -> assertFull(row, connection));
        }
    }

    private static void assertFull(Case row, TracedConnection connection) {
        assertThat(connection.isResumed()).isFalse();
        assertThat(connection.keyOperations()).isOne();
        assertThat(connection.waitsForTheKey()).isEqualTo(row.keys() == Keys.DELAYED ? 1 : 0);
        assertThat(connection.isClientAuthenticated()).isEqualTo(row.column().withIdentity());
        assertThat(connection.isClosedInOrder()).isTrue();
    }

    private static void assertResumed(Resumption resumption, TracedConnection connection) {
        assertThat(connection.resumedBy(resumption)).isTrue();
        assertThat(connection.keyOperations()).isZero();
        assertThat(connection.waitsForTheKey()).isZero();
        assertThat(connection.isClosedInOrder()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesTheServerWhenItTrustsAnotherRoot(Case row) throws IOException, InterruptedException {
        row.peer().require();
        Setup setup = row.setup(servers.pki());
        MatrixTable.Run run = TABLE.begin(row.peer(), row.column(), row.toString());
        try (ServerWatch watch = ServerWatch.start(servers.server(setup))) {
            Exchange exchange = row.peer()
                    .talk(servers.distrusted(setup, row.certificate()), Visit.once(Payload.of(row.hashCode(), 1)));
            assertThat(exchange.outcome()).as(exchange::said).isEqualTo(Outcome.CERTIFICATE_REFUSED);
            // Some clients look at the chain only when the handshake is over.
            assertThat(watch.established(1)).hasSizeLessThanOrEqualTo(1);
        }
        run.passed();
    }

    @AfterAll
    static void theTableIsPrintedAndThePageHasIt() throws IOException {
        System.out.println(TABLE.forTerminal());
        TABLE.checkPage();
    }
}
