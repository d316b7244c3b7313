package dev.lockstep.server;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Holds back what blocking keys have done, as a slow device would. It does not heed interrupts, so that the results of
 * cancelled operations do arrive, late.
 */
public final class Gate {

    /** The plaintexts that went through, the very arrays: the code that is done with one has wiped it. */
    public final Queue<byte[]> plaintexts = new ConcurrentLinkedQueue<>();

    private boolean shut;
    private int waiting;
    private @Nullable Throwable failure;

    public synchronized void shut() {
        shut = true;
    }

    public synchronized void open() {
        shut = false;
        notifyAll();
    }

    /** How many results are held back. */
    public synchronized int waiting() {
        return waiting;
    }

    /** What operations end with from now on; null for results. */
    public synchronized void failure(@Nullable Throwable cause) {
        failure = cause;
    }

    private byte[] pass(Callable<byte[]> work, boolean secret) throws Exception {
        Throwable fault;
        synchronized (this) {
            fault = failure;
        }
        if (fault instanceof Error error) {
            throw error;
        } else if (fault instanceof Exception exception) {
            throw exception;
        }
        byte[] result = work.call();
        if (secret) {
            plaintexts.add(result);
        }
        boolean interrupted = false;
        synchronized (this) {
            waiting++;
            while (shut) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            waiting--;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return result;
    }

    public BlockingKey before(BlockingKey key) {
        return new BlockingKey() {
            @Override
            public Set<SignatureScheme> signatureSchemes() {
                return key.signatureSchemes();
            }

            @Override
            public boolean canDecrypt() {
                return key.canDecrypt();
            }

            @Override
            public byte[] sign(SignRequest request) throws Exception {
                return pass(() -> key.sign(request), false);
            }

            @Override
            public byte[] decrypt(DecryptRequest request) throws Exception {
                return pass(() -> key.decrypt(request), true);
            }
        };
    }
}
