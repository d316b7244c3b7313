package dev.lockstep.tls.internal.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.util.TimingComparison;
import dev.lockstep.testkit.util.TimingComparison.Subject;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.HandshakeOutput;
import dev.lockstep.tls.internal.handshake.phase.History;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.psk.PskRequest;
import dev.lockstep.tls.psk.PskSource;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What the library does with the answer of a source of pre-shared keys takes as long for an unknown identity as for a known
 * one, and as long for one key as for another: from the question to the master secret.
 */
class PskTimingTest {

    private static final int SAMPLES = 4_000;
    private static final int KEY_LENGTH = 32;
    private static final byte[] RANDOM = new byte[32];

    private static final HandshakeOutput OUTPUT = (HandshakeOutput) Proxy.newProxyInstance(
            HandshakeOutput.class.getClassLoader(), new Class<?>[] {HandshakeOutput.class}, (proxy, method, args) -> {
                throw new AssertionError(method);
            });

    private static final Row ANSWER = Objects.requireNonNull(ServerHandshake.TABLE.row(State.AWAIT_PSK, Event.ANSWER));

    /** A source whose answers are made before: each sample is a handshake of its own, from ClientKeyExchange on. */
    private abstract static class IdealSource implements PskSource, Subject {

        private final Random random = new Random(4279);
        private final TlsServerConfig config;
        private final Agreement agreement;
        private final byte[] key = new byte[KEY_LENGTH];
        private Start<Optional<byte[]>> answer = Start.done(Optional.empty());
        private @Nullable Handshake handshake;
        private @Nullable Wait<Optional<byte[]>> wait;

        IdealSource() {
            config = TestServers.builder().preSharedKeys(this).build();
            HelloRandom zeros = new HelloRandom(RANDOM);
            agreement = new Agreement.Builder(CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256, zeros, zeros).build();
        }

        /** Makes the answer; {@code random} is a key. */
        abstract Start<Optional<byte[]>> answer(byte[] random, boolean second);

        @Override
        public Start<Optional<byte[]>> start(PskRequest request, Waker waker) {
            return answer;
        }

        @Override
        public int standInLength() {
            return KEY_LENGTH;
        }

        @Override
        public void prepare(boolean second) {
            random.nextBytes(key);
            answer = answer(key.clone(), second);
            Handshake next = new Handshake(config, OUTPUT, new History(config));
            next.agreement.set(agreement);
            next.keys.pskIdentity.set(PskIdentity.of("meter"));
            handshake = next;
            wait = new Wait<>(Waits.PSK, next, () -> {});
        }

        @Override
        public void run() {
            Handshake current = Objects.requireNonNull(handshake);
            Wait<Optional<byte[]>> pending = Objects.requireNonNull(wait);
            pending.start();
            pending.poll();
            ANSWER.run(current, pending.settle());
            MasterSecret.derive(HashAlgorithm.SHA256, current.keys.takePremaster(agreement), RANDOM, RANDOM)
                    .wipe();
        }
    }

    @Test
    void anUnknownIdentityTakesAsLongAsAKnownOne() throws Exception {
        IdealSource source = new IdealSource() {
            @Override
            Start<Optional<byte[]>> answer(byte[] random, boolean second) {
                Start<Optional<byte[]>> known = Start.done(Optional.of(random));
                Start<Optional<byte[]>> unknown = Start.done(Optional.empty());
                return second ? unknown : known;
            }
        };
        assertThat(TimingComparison.compare("PSK, unknown identity", SAMPLES, source))
                .isLessThan(10);
    }

    @Test
    void aKeyOfZerosTakesAsLongAsAnother() throws Exception {
        IdealSource source = new IdealSource() {
            @Override
            Start<Optional<byte[]>> answer(byte[] random, boolean second) {
                byte[] key = new byte[random.length];
                byte[] zeros = new byte[random.length];
                System.arraycopy(second ? zeros : random, 0, key, 0, key.length);
                return Start.done(Optional.of(key));
            }
        };
        assertThat(TimingComparison.compare("PSK, key", SAMPLES, source)).isLessThan(10);
    }

    /** The control: a source that makes an exception with a stack trace where it knows no key. */
    @Test
    void theComparisonFindsASourceThatThrows() throws Exception {
        IdealSource source = new IdealSource() {
            private boolean unknown;

            @Override
            Start<Optional<byte[]>> answer(byte[] random, boolean second) {
                unknown = second;
                return Start.done(Optional.of(random));
            }

            @Override
            public Start<Optional<byte[]>> start(PskRequest request, Waker waker) {
                return unknown
                        ? Start.failed(new OperationException(Reason.REJECTED, "unknown"))
                        : super.start(request, waker);
            }
        };
        assertThat(TimingComparison.control("control, PSK source that throws", SAMPLES, source))
                .isGreaterThan(10);
    }
}
