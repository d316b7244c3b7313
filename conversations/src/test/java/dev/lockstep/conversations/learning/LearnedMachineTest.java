package dev.lockstep.conversations.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.docs.GeneratedPage;
import dev.lockstep.tls.internal.handshake.TableMachine;
import dev.lockstep.tls.spec.KeyExchange;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The machine that is learned from a server's answers is the machine that the table describes. A few configurations by
 * default; {@code -Passurance} learns them all, and {@code -Dassurance.lookAhead=1} looks for more states than there should be.
 */
@Tag("one-jdk")
@Tag("docs")
class LearnedMachineTest {

    private static final boolean ALL = Boolean.getBoolean("assurance");

    /** How many states more than the learned ones are looked for; negative for no such search. */
    private static final int LOOK_AHEAD = Integer.getInteger("assurance.lookAhead", -1);

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
    void theServerIsWhatTheTableSays(Setup setup) throws IOException {
        TableMachine table = TableMachine.of(setup);
        Learned learned = Learned.of(setup, table.machine(), LOOK_AHEAD);
        assertThat(learned.difference(table.machine())).isNull();
        boolean diagram = SOME.contains(setup);
        LearnedPage page = LearnedPage.read();
        if (GeneratedPage.isUpdate()) {
            page.update(setup, learned, table, diagram);
        }
        assertThat(page.says(setup))
                .as(GeneratedPage.stale("docs/evidence/learned.md"))
                .isEqualTo(LearnedPage.of(learned, table, diagram));
    }
}
