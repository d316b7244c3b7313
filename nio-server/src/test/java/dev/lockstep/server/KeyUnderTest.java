package dev.lockstep.server;

import dev.lockstep.tls.key.ExternalPrivateKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** One way to reach an RSA and a P-256 key, as a test meddles with it: holding it back, breaking it, looking for remains. */
class KeyUnderTest {

    /** Something that a fixture does and that may fail. */
    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    final Gate gate = new Gate();
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private ExternalPrivateKey rsa;
    private ExternalPrivateKey ec;
    private IntSupplier open = () -> 0;
    private Action turn = () -> {};
    boolean suspends = true;

    KeyUnderTest keys(ExternalPrivateKey rsaKey, ExternalPrivateKey ecKey) {
        rsa = rsaKey;
        ec = ecKey;
        return this;
    }

    /** Closed at the end, the last one first. */
    <T extends AutoCloseable> T with(T resource) {
        resources.push(resource);
        return resource;
    }

    /** How operations under way are counted, where that can be seen. */
    KeyUnderTest counting(IntSupplier operations) {
        open = operations;
        return this;
    }

    /** What the application's loop does for it in each round. */
    KeyUnderTest turning(Action round) {
        turn = round;
        return this;
    }

    KeyUnderTest neverSuspending() {
        suspends = false;
        return this;
    }

    ExternalPrivateKey rsa() {
        return rsa;
    }

    ExternalPrivateKey ec() {
        return ec;
    }

    int open() {
        return open.getAsInt();
    }

    void turn() throws Exception {
        turn.run();
    }

    /** From here on nothing is answered; a key in the driving thread cannot be held. */
    void hold() throws Exception {
        if (suspends) {
            gate.shut();
        }
    }

    /** Whether something is done and held back, as far as that can be seen. */
    boolean holds() {
        return gate.waiting() > 0;
    }

    void release() throws Exception {
        gate.open();
    }

    /** From here on operations fail, with this cause where the fixture can choose it; null mends it. */
    void failure(@Nullable Throwable cause) throws Exception {
        gate.failure(cause);
    }

    void close() throws Exception {
        while (!resources.isEmpty()) {
            resources.pop().close();
        }
    }
}
