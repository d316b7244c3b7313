package dev.lockstep.tls.key;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.local;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.conversations.fixture.Failures;
import dev.lockstep.conversations.fixture.Undeclared;
import dev.lockstep.crypto.group.EphemeralKey;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Key pairs that are made ahead: bounded, used once, destroyed at the end. */
class KeyPairReserveTest {

    private static final NamedGroup GROUP = NamedGroup.FFDHE2048;
    private static final CipherSuite DHE = CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256;

    private final SecureRandom random = new SecureRandom();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<Throwable> reported = new ArrayList<>();
    private final KeyPairReserve reserve = KeyPairReserve.of(tasks::add, 3, random);

    private EphemeralKey take(KeyPairReserve from) {
        return from.take(GROUP, random, reported::add);
    }

    private void runTasks() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    @Test
    void pairsAreMadeAheadOnceAGroupIsUsedAndNotBeyondTheBound() {
        assertThat(tasks).isEmpty();
        take(reserve);
        take(reserve);
        assertThat(tasks).as("one task at a time").hasSize(1);
        runTasks();
        assertThat(reserve.kept(GROUP)).hasSize(3);
        EphemeralKey next = reserve.kept(GROUP).get(0);
        assertThat(take(reserve)).isSameAs(next);
        runTasks();
        assertThat(reserve.kept(GROUP)).hasSize(3).doesNotContain(next);
    }

    @Test
    void noPairIsGivenTwice() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            if (i % 3 == 0) {
                runTasks();
            }
            byte[] publicValue = take(reserve).publicValue();
            assertThat(seen.add(HexFormat.of().formatHex(publicValue))).isTrue();
        }
    }

    @Test
    void pairsOnCurvesAreMadeWhenTheyAreNeeded() {
        assertThat(reserve.take(NamedGroup.X25519, random, reported::add).publicValue())
                .hasSize(32);
        assertThat(tasks).isEmpty();
    }

    @Test
    void anExecutorThatRejectsIsAskedAgain() {
        boolean[] full = {true};
        KeyPairReserve rejected = KeyPairReserve.of(
                task -> {
                    if (full[0]) {
                        throw new RejectedExecutionException();
                    }
                    tasks.add(task);
                },
                1,
                random);
        assertThat(take(rejected)).isNotNull();
        full[0] = false;
        take(rejected);
        assertThat(tasks).hasSize(1);
        assertThat(reported).isEmpty();
    }

    static Stream<Throwable> failures() {
        return Stream.of(
                new IllegalStateException("no pool"),
                new OutOfMemoryError("unable to create native thread"),
                new IOException("no pool"));
    }

    /** The thread of the handshake makes a pair then. */
    @ParameterizedTest
    @MethodSource("failures")
    void anExecutorThatFailsIsReportedAndAskedAgain(Throwable failure) {
        boolean[] failing = {true};
        KeyPairReserve starved = KeyPairReserve.of(
                task -> {
                    if (failing[0]) {
                        throw Undeclared.thrown(failure);
                    }
                    tasks.add(task);
                },
                1,
                random);
        assertThat(take(starved)).isNotNull();
        assertThat(reported).containsExactly(failure);
        failing[0] = false;
        take(starved);
        assertThat(tasks).hasSize(1);
        assertThat(reported).hasSize(1);
    }

    @Test
    void theObserverOfAHandshakeIsToldOfAnExecutorThatFails() {
        TlsServerConfig config = builder(local(TestIdentity.RSA_2048))
                .cipherSuites(List.of(DHE))
                .groups(List.of(GROUP))
                .observer(Failures.into(reported))
                .keyPairReserve(KeyPairReserve.of(
                        task -> {
                            throw new IllegalStateException("no pool");
                        },
                        1,
                        random))
                .build();
        Conversation.of(config, ClientOptions.offering(DHE).groups(GROUP), Forms.PLAIN)
                .completes();
        assertThat(reported).singleElement().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closeDestroysWhatIsKeptAndWhatIsStillMade() {
        take(reserve);
        runTasks();
        List<EphemeralKey> kept = reserve.kept(GROUP);
        byte[] peer = take(reserve).publicValue(); // leaves a task
        reserve.close();
        runTasks();

        assertThat(reserve.kept(GROUP)).isEmpty();
        assertThatIllegalStateException().isThrownBy(() -> kept.get(2).agree(peer));
        assertThat(take(reserve)).isNotNull();
        assertThat(tasks).isEmpty();
    }

    @Test
    void aHandshakeUsesAPairOfTheReserve() {
        TlsServerConfig config = builder(local(TestIdentity.RSA_2048))
                .cipherSuites(List.of(DHE))
                .groups(List.of(GROUP))
                .keyPairReserve(reserve)
                .build();
        take(reserve);
        runTasks();
        EphemeralKey next = reserve.kept(GROUP).get(0);
        Conversation conversation =
                Conversation.of(config, ClientOptions.offering(DHE).groups(GROUP), Forms.PLAIN);
        conversation.completes();

        assertThat(reserve.kept(GROUP)).hasSize(2).doesNotContain(next);
        assertThatIllegalStateException().isThrownBy(() -> next.agree(next.publicValue()));
    }

    @Test
    void aBoundOutOfRangeIsRefused() {
        for (int bound : new int[] {0, 10_001}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KeyPairReserve.of(tasks::add, bound, random))
                    .withMessageContaining("perGroup");
        }
    }
}
