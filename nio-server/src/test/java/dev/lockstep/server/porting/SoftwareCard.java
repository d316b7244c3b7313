package dev.lockstep.server.porting;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;

/** A card in software, with threads of its own: each key is in the slot of its place in a list. */
public final class SoftwareCard implements Card, AutoCloseable {

    private final List<KeyPair> slots;
    private final long delayMillis;
    private final ScheduledExecutorService insides = Executors.newScheduledThreadPool(2);

    /** What was asked of the card. */
    public final AtomicInteger signatures = new AtomicInteger();

    public final AtomicInteger decryptions = new AtomicInteger();

    /** Ends as soon as a job is abandoned. */
    public final CompletableFuture<Void> abandoned = new CompletableFuture<>();

    public SoftwareCard(long delayMillis, KeyPair... slots) {
        this.slots = List.of(slots);
        this.delayMillis = delayMillis;
    }

    @Override
    public int slotOf(X509Certificate certificate) {
        for (int i = 0; i < slots.size(); i++) {
            if (slots.get(i).getPublic().equals(certificate.getPublicKey())) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public Job sign(int slot, byte[] input, Runnable done) {
        signatures.incrementAndGet();
        PrivateKey key = slots.get(slot).getPrivate();
        return new Work(done, () -> {
            Signature signature =
                    Signature.getInstance("NONEwith" + (key.getAlgorithm().equals("EC") ? "ECDSA" : "RSA"));
            signature.initSign(key);
            signature.update(input);
            return signature.sign();
        });
    }

    @Override
    public Job decrypt(int slot, byte[] ciphertext, Runnable done) {
        decryptions.incrementAndGet();
        return new Work(done, () -> {
            Cipher rsa = Cipher.getInstance("RSA/ECB/NoPadding");
            rsa.init(Cipher.DECRYPT_MODE, slots.get(slot).getPrivate());
            byte[] block = rsa.doFinal(ciphertext);
            if (new BigInteger(1, block).signum() == 0) {
                throw new GeneralSecurityException("an empty block");
            }
            return block;
        });
    }

    @Override
    public void close() {
        insides.shutdownNow();
    }

    private interface Computation {
        byte[] run() throws GeneralSecurityException;
    }

    private final class Work implements Job {

        private final CompletableFuture<byte[]> result = new CompletableFuture<>();

        Work(Runnable done, Computation computation) {
            insides.schedule(
                    () -> {
                        try {
                            result.complete(computation.run());
                        } catch (GeneralSecurityException e) {
                            result.completeExceptionally(e);
                        }
                        done.run();
                    },
                    delayMillis,
                    TimeUnit.MILLISECONDS);
        }

        @Override
        public boolean finished() {
            return result.isDone();
        }

        @Override
        public byte[] result() throws IOException {
            if (result.isCompletedExceptionally()) {
                throw new IOException("the card failed");
            }
            return result.join();
        }

        @Override
        public void abandon() {
            abandoned.complete(null);
        }
    }
}
