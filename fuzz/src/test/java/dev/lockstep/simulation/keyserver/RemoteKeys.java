package dev.lockstep.simulation.keyserver;

import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.simulation.Operations;
import dev.lockstep.simulation.Server;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The keys of servers: behind the key server of the world that is running, and in memory where there is none. */
final class RemoteKeys implements Server.Keys {

    /** All of them make signatures of one length, so that a seed is one history in every process. */
    static final List<TestIdentity> CURVES = List.of(TestIdentity.ED25519, TestIdentity.ED448);

    static final List<TestIdentity> RSA = List.of(TestIdentity.RSA_2048, TestIdentity.RSA_2048_OTHER);

    private final SeededRandom random = new SeededRandom(5);
    private final Map<TestIdentity, InMemoryKey> local = new EnumMap<>(TestIdentity.class);

    /** Behind a class of the JDK the search for secrets does not look: the world knows all clients. */
    private final AtomicReference<@Nullable KeyServerWorld> world = new AtomicReference<>();

    RemoteKeys() {
        CURVES.forEach(this::load);
        RSA.forEach(this::load);
    }

    private void load(TestIdentity identity) {
        local.put(identity, InMemoryKey.of(identity.privateKey(), random));
    }

    /** A world begins. */
    void enter(KeyServerWorld entered, long seed) {
        random.restart(seed);
        world.set(entered);
    }

    /** Returns all identities that servers have, and their keys. */
    Map<TestIdentity, InMemoryKey> all() {
        return local;
    }

    @Override
    public ExternalPrivateKey of(TestIdentity identity, Supplier<Operations> asking) {
        return new Key(identity, Objects.requireNonNull(local.get(identity), "one of those above"), asking);
    }

    private final class Key implements ExternalPrivateKey {
        private final TestIdentity identity;
        private final InMemoryKey key;
        private final Supplier<Operations> asking;

        Key(TestIdentity identity, InMemoryKey key, Supplier<Operations> asking) {
            this.identity = identity;
            this.key = key;
            this.asking = asking;
        }

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return key.signatureSchemes();
        }

        @Override
        public boolean canDecrypt() {
            return key.canDecrypt();
        }

        @Override
        public Start<byte[]> startSign(SignRequest request, Waker waker) throws Exception {
            return start(
                    SuspensionKind.SIGN,
                    request.message(),
                    () -> key.sign(request),
                    (to, told) -> to.startSign(request, told),
                    waker);
        }

        @Override
        public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
            return start(
                    SuspensionKind.DECRYPT,
                    request.ciphertext(),
                    () -> key.decrypt(request),
                    (to, told) -> to.startDecrypt(request, told),
                    waker);
        }

        private Start<byte[]> start(
                SuspensionKind kind, byte[] input, Callable<byte[]> here, Uplink.Question there, Waker waker)
                throws Exception {
            KeyServerWorld running = world.get();
            if (running == null) {
                return asking.get().start(kind, here, waker);
            }
            boolean signs = kind == SuspensionKind.SIGN;
            return asking.get()
                    .startElsewhere(kind, answered -> running.ask(identity, signs, input, there, answered), waker);
        }
    }
}
