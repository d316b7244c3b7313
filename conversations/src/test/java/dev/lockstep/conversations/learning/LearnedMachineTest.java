package dev.lockstep.conversations.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.internal.handshake.TableMachine;
import dev.lockstep.tls.spec.KeyExchange;
import java.util.List;
import java.util.stream.Stream;
import net.automatalib.automaton.transducer.impl.CompactMealy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The machine that is learned from a server's answers is the machine that the table describes. A few configurations by
 * default; {@code -Passurance} learns them all, and {@code -Dassurance.lookAhead=1} looks for more states than there should be.
 */
class LearnedMachineTest {

    private static final boolean ALL = Boolean.getBoolean("assurance");

    /** How many states more than the learned ones are looked for. */
    private static final int LOOK_AHEAD = Integer.getInteger("assurance.lookAhead", 0);

    static final List<Setup> SOME = List.of(
            new Setup(KeyExchange.ECDHE_ECDSA, false, Setup.Auth.NONE, Setup.Session.NONE, false),
            new Setup(KeyExchange.ECDHE_ECDSA, false, Setup.Auth.WANTED, Setup.Session.ID, true),
            new Setup(KeyExchange.RSA, false, Setup.Auth.REQUIRED, Setup.Session.NONE, false),
            new Setup(KeyExchange.RSA_PSK, true, Setup.Auth.NONE, Setup.Session.OLD_TICKET, false),
            new Setup(KeyExchange.PSK, false, Setup.Auth.NONE, Setup.Session.FORGED_TICKET, false));

    static Stream<Setup> setups() {
        return (ALL ? Setup.all() : SOME).stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("setups")
    void theServerIsWhatTheTableSays(Setup setup) {
        long start = System.nanoTime();
        CompactMealy<Input, String> expected = TableMachine.of(setup).machine();
        Learned learned = Learned.of(setup, expected, LOOK_AHEAD);
        QueryTree server = learned.server();
        System.out.printf(
                "learned %s: %d states, %d queries, %d connections, %d inputs, %d ms%n",
                setup,
                learned.machine().size(),
                server.queries(),
                server.connections(),
                server.symbols(),
                (System.nanoTime() - start) / 1_000_000);
        assertThat(learned.difference(expected)).isNull();
    }
}
