package dev.lockstep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.interop.Exchange.Outcome;
import dev.lockstep.interop.Setup.Groups;
import dev.lockstep.interop.Setup.Keys;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients written by others, each with its own defaults capped at TLS 1.2, and the certificates that are not in the
 * interop matrix: they complete with every one they know, and refuse the same server when they trust another root.
 */
@ExtendWith(Servers.class)
class PeersIT {

    private final Servers.Pool servers;

    PeersIT(Servers.Pool servers) {
        this.servers = servers;
    }

    record Case(Peer peer, KeyKind certificate, Keys keys) {
        @Override
        public String toString() {
            return peer.name() + ", " + certificate + ", " + keys;
        }
    }

    static Stream<Case> peers() {
        return Peers.ALL.stream().flatMap(peer -> peer.kinds().stream()
                .filter(kind -> !kind.isDefault())
                .flatMap(kind -> Arrays.stream(Keys.values()).map(keys -> new Case(peer, kind, keys))));
    }

    @ParameterizedTest
    @MethodSource("peers")
    void completesAndExchangesData(Case row) throws IOException, InterruptedException {
        row.peer().require();
        Setup setup = new Setup(row.keys(), row.peer().service(), Groups.LARGE_FIRST);
        Exchange exchange =
                row.peer().talk(servers.target(setup, row.certificate()), Visit.once(Payload.of(row.hashCode(), 20)));
        assertThat(exchange.outcome()).as(exchange::said).isEqualTo(Outcome.COMPLETED);
    }

    @ParameterizedTest
    @MethodSource("peers")
    void refusesTheServerWhenItTrustsAnotherRoot(Case row) throws IOException, InterruptedException {
        row.peer().require();
        Setup setup = new Setup(row.keys(), row.peer().service(), Groups.LARGE_FIRST);
        Exchange exchange = row.peer()
                .talk(servers.distrusted(setup, row.certificate()), Visit.once(Payload.of(row.hashCode(), 1)));
        assertThat(exchange.outcome()).as(exchange::said).isEqualTo(Outcome.CERTIFICATE_REFUSED);
    }
}
