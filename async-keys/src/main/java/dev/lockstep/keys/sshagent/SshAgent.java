package dev.lockstep.keys.sshagent;

import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/** The two questions of the ssh-agent protocol (draft-miller-ssh-agent) that matter here. Thread-safe, one at a time. */
final class SshAgent implements Closeable {

    private static final int FAILURE = 5;
    private static final int REQUEST_IDENTITIES = 11;
    private static final int IDENTITIES_ANSWER = 12;
    private static final int SIGN_REQUEST = 13;
    private static final int SIGN_RESPONSE = 14;

    private final Path socket;
    private final SshAgentChannel channel;
    private final ReentrantLock lock = new ReentrantLock();

    SshAgent(Path socket, long limitNanos) {
        this.socket = socket;
        this.channel = new SshAgentChannel(socket, limitNanos);
    }

    /** Returns whether the agent lists the key; a locked agent lists none. */
    boolean holds(SshPublicKey key) throws OperationException, InterruptedException {
        SshReader in = ask(new SshWriter().uint8(REQUEST_IDENTITIES).bytes());
        if (in.uint8() != IDENTITIES_ANSWER) {
            throw new OperationException(Reason.REJECTED, "the ssh-agent does not list its keys");
        }
        boolean found = false;
        // Every key takes bytes of a bounded frame: a count that is too large runs into its end.
        for (long left = in.uint32(); left > 0; left--) {
            found |= Arrays.equals(in.string(), key.blob());
            in.string(); // the comment
        }
        in.end();
        return found;
    }

    byte[] sign(SshPublicKey key, SignRequest request) throws OperationException, InterruptedException {
        if (!key.schemes().contains(request.scheme())) {
            throw new OperationException(Reason.UNSUPPORTED, "an ssh-agent does not sign with " + request.scheme());
        }
        SshReader in = ask(new SshWriter()
                .uint8(SIGN_REQUEST)
                .string(key.blob())
                .string(request.message())
                .uint32(key.flags(request.scheme()))
                .bytes());
        int type = in.uint8();
        if (type == FAILURE) {
            // The protocol has one failure for everything, and the list of keys tells two of its causes apart.
            throw holds(key) ? new OperationException(Reason.REJECTED, "the ssh-agent refused to sign") : missing();
        }
        if (type != SIGN_RESPONSE) {
            throw SshReader.malformed();
        }
        byte[] signature = in.string();
        in.end();
        return key.forTls(request.scheme(), signature);
    }

    /** The agent works, but not for this key. */
    OperationException missing() {
        return new OperationException(
                Reason.KEY_UNAVAILABLE,
                "the ssh-agent at " + socket + " does not hold the certificate's key, or is locked; use ssh-add");
    }

    private SshReader ask(byte[] request) throws OperationException, InterruptedException {
        lock.lockInterruptibly();
        try {
            return new SshReader(channel.exchange(request));
        } catch (SocketTimeoutException e) {
            throw new OperationException(Reason.TIMED_OUT, "the ssh-agent at " + socket + " did not answer in time", e);
        } catch (IOException e) {
            throw new OperationException(
                    Reason.KEY_UNAVAILABLE, "no answer from the ssh-agent at " + socket + ": " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            channel.close();
        } finally {
            lock.unlock();
        }
    }
}
