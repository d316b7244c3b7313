package dev.lockstep.server.keyserver;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.Message.Failure;
import dev.lockstep.server.audit.KeyPeer;
import dev.lockstep.server.audit.KeyUse;
import dev.lockstep.tls.spec.SignatureScheme;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One signature or decryption, done and logged on a thread of the pool and answered by the loop. */
final class KeyWork implements WorkQueue.Work {

    /** What all requests of a key server share. */
    record Setting(
            Supplier<Map<KeyId, ServedKey>> keys, UsageLog log, Consumer<KeyWork> finished, LongSupplier nanoTime) {

        private long now() {
            return nanoTime.getAsLong();
        }
    }

    private static final int OVERHEAD = 256;

    final ClientConnection client;
    final long id;
    private final Message request;
    private final Setting setting;
    private final long deadlineNanos;
    private final boolean hasDeadline;
    private volatile boolean abandoned;
    private Outcome outcome = Outcome.failed(Failure.FAILED);

    /** @param millis what the client gave, 0 for no deadline */
    KeyWork(ClientConnection client, long id, Message request, int millis, long now, Setting setting) {
        this.client = client;
        this.id = id;
        this.request = request;
        this.setting = setting;
        this.hasDeadline = millis > 0;
        this.deadlineNanos = now + Duration.ofMillis(millis).toNanos();
    }

    /** Roughly what it keeps in memory. */
    int bytes() {
        int message = request instanceof Message.Sign sign
                ? sign.input().bytes().length
                : ((Message.Decrypt) request).ciphertext().bytes().length;
        return OVERHEAD + message;
    }

    boolean hasDeadline() {
        return hasDeadline;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    boolean isDue(long now) {
        return hasDeadline && now - deadlineNanos >= 0;
    }

    /** The answer is not wanted any more: what has not begun is not done, and what is done is wiped. */
    void abandon() {
        abandoned = true;
    }

    /** For the loop, after {@link Setting#finished} was told. */
    Outcome outcome() {
        return outcome;
    }

    @Override
    public void run() {
        try {
            if (!abandoned) {
                outcome = isDue(setting.now()) ? Outcome.failed(Failure.TIMED_OUT) : perform();
            }
        } finally {
            setting.finished().accept(this);
        }
    }

    @Override
    public void reject() {
        outcome = Outcome.failed(Failure.REJECTED);
        setting.finished().accept(this);
    }

    private Outcome perform() {
        if (!setting.log().isWritable()) {
            return Outcome.failed(Failure.KEY_UNAVAILABLE);
        }
        long began = setting.now();
        Outcome made = request instanceof Message.Sign sign ? sign(sign) : decrypt((Message.Decrypt) request);
        boolean written = false;
        try {
            written = setting.log().write(() -> line(made, setting.now() - began));
        } finally {
            if (!written) {
                made.wipe();
            }
        }
        return written ? made : Outcome.failed(Failure.FAILED);
    }

    /** The key that it is for; null if that is not served now. */
    @Nullable
    ServedKey key() {
        KeyId id = request instanceof Message.Sign sign ? sign.key() : ((Message.Decrypt) request).key();
        return setting.keys().get().get(id);
    }

    private Outcome sign(Message.Sign sign) {
        if (!client.identity().mayUse().test(sign.key())) {
            return Outcome.hidden();
        }
        ServedKey key = key();
        return key == null ? Outcome.failed(Failure.KEY_UNAVAILABLE) : key.sign(sign);
    }

    private Outcome decrypt(Message.Decrypt decrypt) {
        if (!client.identity().mayUse().test(decrypt.key())) {
            return Outcome.hidden();
        }
        ServedKey key = key();
        return key == null ? Outcome.failed(Failure.KEY_UNAVAILABLE) : key.decrypt(decrypt);
    }

    private KeyUse line(Outcome made, long nanos) {
        KeyPeer peer = client.identity().peer();
        Duration took = Duration.ofNanos(nanos);
        if (request instanceof Message.Sign sign) {
            SignatureScheme scheme = SignatureScheme.of(sign.scheme());
            String name = scheme == null ? "0x" + Integer.toHexString(sign.scheme()) : scheme.ianaName();
            return KeyUse.of(
                    peer,
                    id,
                    "sign:" + name,
                    sign.key().toString(),
                    sign.input().bytes(),
                    made.token(),
                    took);
        }
        Message.Decrypt decrypt = (Message.Decrypt) request;
        return KeyUse.of(
                peer,
                id,
                "decrypt:or-random",
                decrypt.key().toString(),
                decrypt.ciphertext().bytes(),
                made.token(),
                took);
    }
}
