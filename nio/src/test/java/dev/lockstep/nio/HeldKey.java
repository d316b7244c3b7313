package dev.lockstep.nio;

import dev.lockstep.keys.FutureKey;
import dev.lockstep.keys.InMemoryKey;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A key that signs at once while the gate is open, and otherwise when the test says so. */
final class HeldKey {

    /** A signature that waits to be released. */
    record Held(CompletableFuture<byte[]> answer, byte[] signature) {
        void release() {
            answer.complete(signature);
        }
    }

    private final LinkedBlockingQueue<Held> held = new LinkedBlockingQueue<>();
    private final FutureKey key;
    public volatile boolean open;

    public HeldKey(PrivateKey privateKey) {
        InMemoryKey local = InMemoryKey.of(privateKey, new SecureRandom());
        key = FutureKey.builder()
                .signer(local.signatureSchemes(), request -> {
                    Held operation = new Held(new CompletableFuture<>(), local.sign(request));
                    if (open) {
                        operation.release();
                    } else {
                        held.add(operation);
                    }
                    return operation.answer();
                })
                .build();
    }

    public FutureKey key() {
        return key;
    }

    /** The next signature that was asked for. */
    public Held next() throws InterruptedException {
        Held operation = held.poll(30, TimeUnit.SECONDS);
        if (operation == null) {
            throw new AssertionError("no signature was asked for");
        }
        return operation;
    }
}
