package dev.lockstep.testkit;

import dev.lockstep.testkit.answer.StepMark;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Drives a connection as a server's event loop would: bytes in, bytes out, one step after the other. It brings the
 * peer's records in the chosen form, hands every answer back to the peer and remembers what each call returned. Every
 * call is made on the thread of the test.
 */
public final class ServerDriver {

    private static final int MAX_CALLS = 2_000_000;
    private static final int MAX_POLLS_IN_A_ROW = 100;

    private final TlsServerConnection tls;
    private final Peer peer;
    private final Forms forms;
    private final ByteBuffer netIn;
    private final ByteBuffer netOut;
    private final ByteBuffer appOut;
    private final Deque<byte[]> portions = new ArrayDeque<>();
    private final Semaphore wakes = new Semaphore(0);
    private volatile Runnable onWake = () -> {};
    private final List<StepResult> results = new ArrayList<>();
    private final List<Integer> flights = new ArrayList<>();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private boolean established;
    private boolean inputEnded;
    private @Nullable TlsException failure;

    /** A new connection over heap buffers of the recommended size, brought its input record by record. */
    public ServerDriver(TlsServerConfig config, Peer peer) {
        this(config, peer, Forms.PLAIN, TlsServerConnection.NETWORK_BUFFER_SIZE);
    }

    /**
     * A new connection.
     *
     * @param forms how input comes, and whether to wait for wake-ups
     * @param netOutCapacity of the output buffer, in bytes
     */
    public ServerDriver(TlsServerConfig config, Peer peer, Forms forms, int netOutCapacity) {
        this.tls = TlsServerConnection.create(config, waiting -> {
            wakes.release();
            onWake.run();
        });
        this.peer = peer;
        this.forms = forms;
        this.netIn = forms.buffers().allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        this.netOut = forms.buffers().allocate(netOutCapacity);
        this.appOut = forms.buffers().allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);
    }

    /** One call of step or read, with the input that is there. */
    public StepResult steps() {
        portions.addAll(forms.input().portions(peer.takeRecords()));
        StepResult result = call();
        results.add(result);
        return result;
    }

    /** Puts all of the client's bytes into the buffer; nothing is called. */
    public ServerDriver buffersInput() {
        portions.addAll(forms.input().portions(peer.takeRecords()));
        while (feed()) {
            // until nothing is left outside the buffer
        }
        return this;
    }

    /** One call of step or read, with all of the client's bytes in the buffer. */
    public StepResult stepsOnce() {
        buffersInput();
        established |= tls.isEstablished();
        StepResult result = call();
        results.add(result);
        return result;
    }

    /** One more call, without input that is not there yet. */
    StepResult callAgain() {
        StepResult result = call();
        results.add(result);
        return result;
    }

    /** Drives until everything that the client sent is used and nothing is pending any more. */
    public StepResult settle() {
        return settle(false);
    }

    /** Drives until an answer from outside is missing, or as {@link #settle} does. */
    public StepResult settleOrSuspend() {
        return settle(true);
    }

    /** Drives both sides until neither has anything to say, for peers that answer by themselves. */
    public StepResult converse() {
        StepResult result;
        do {
            result = settle();
        } while (peer.hasRecords() && result != StepResult.CLOSED);
        return result;
    }

    /** As {@link #converse}, but stops when an answer from outside is missing. */
    public StepResult converseOrSuspend() {
        StepResult result;
        do {
            result = settleOrSuspend();
        } while (peer.hasRecords() && result != StepResult.CLOSED && result != StepResult.ASYNC_IN_PROGRESS);
        return result;
    }

    /** Brings all of the client's bytes while an operation may be pending, with a step after each portion. */
    public StepResult stepsThroughInput() {
        portions.addAll(forms.input().portions(peer.takeRecords()));
        StepResult result;
        do {
            feed();
            result = call();
            results.add(result);
        } while (result == StepResult.PROGRESSED || (!portions.isEmpty() && result != StepResult.CLOSED));
        return result;
    }

    private StepResult settle(boolean stopWhenSuspended) {
        portions.addAll(forms.input().portions(peer.takeRecords()));
        int polls = 0;
        for (int calls = 0; calls < MAX_CALLS; calls++) {
            StepResult result = call();
            results.add(result);
            polls = result == StepResult.ASYNC_IN_PROGRESS ? polls + 1 : 0;
            switch (result) {
                case PROGRESSED, NEED_OUTPUT -> {}
                case ASYNC_IN_PROGRESS -> {
                    if (stopWhenSuspended) {
                        return result;
                    }
                    if (forms.key().wakes()) {
                        awaitWake();
                    }
                    Expect.that(polls < MAX_POLLS_IN_A_ROW, "polled " + polls + " times a key that never answers");
                }
                case ESTABLISHED, NEED_INPUT -> {
                    boolean first = result == StepResult.ESTABLISHED && !established;
                    established |= first;
                    if (!first && !tls.wantsOutput() && !feed()) {
                        return result;
                    }
                }
                case CLOSED -> {
                    return result;
                }
            }
        }
        throw new AssertionError("the connection does not settle; it last returned " + tailOfResults());
    }

    /** Waits for the wake-up that is due. */
    public void awaitWake() {
        try {
            if (!wakes.tryAcquire(20, TimeUnit.SECONDS)) {
                throw new AssertionError("no wake-up came");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs {@code handler} too when the connection is woken from now on; on whichever thread wakes it. */
    public ServerDriver onWake(Runnable handler) {
        onWake = handler;
        return this;
    }

    /** How often the wake handler ran since this was last asked. */
    public int wakeUps() {
        return wakes.drainPermits();
    }

    private boolean feed() {
        byte[] portion = portions.poll();
        if (portion == null) {
            return false;
        }
        int length = Math.min(portion.length, netIn.remaining());
        Expect.that(length > 0, "no room for input: a whole record must fit");
        netIn.put(portion, 0, length);
        if (length < portion.length) {
            portions.addFirst(Bytes.slice(portion, length, portion.length - length));
        }
        return true;
    }

    private StepResult call() {
        StepMark.enter();
        netIn.flip();
        try {
            boolean reads = established && !tls.wantsOutput() && !tls.isClosed();
            StepResult result = reads ? tls.read(netIn, appOut) : tls.step(netIn, netOut);
            if (reads && result == StepResult.CLOSED && !tls.isEstablished()) {
                tls.close(netOut); // as an application answers close_notify, unless it may still send
            }
            expectWantsAreTrue(result);
            return result;
        } catch (TlsException e) {
            Expect.that(failure == null || failure == e, "another failure than the latched one: " + e);
            failure = e;
            while (tls.close(netOut) == StepResult.NEED_OUTPUT) {
                flush();
            }
            return StepResult.CLOSED;
        } finally {
            netIn.compact();
            StepMark.leave();
            flush();
        }
    }

    /** What a connection says that it wants is true in every state, or a caller would wait for the wrong thing. */
    private void expectWantsAreTrue(StepResult result) {
        if (tls.isClosed() || inputEnded || result == StepResult.CLOSED) {
            return;
        }
        Expect.that(tls.wantsInput() || tls.wantsOutput(), "it wants nothing and is not closed: " + result);
        Expect.that(tls.wantsInput() || result != StepResult.NEED_INPUT, "it needs input and does not want it");
        Expect.that(
                tls.wantsOutput() || result != StepResult.NEED_OUTPUT || established, "it needs room and wants none");
        Expect.that(
                (tls.suspension() != null) == (result == StepResult.ASYNC_IN_PROGRESS),
                "suspended, and the result is " + result);
    }

    private void flush() {
        byte[] out = taken(netOut);
        if (out.length > 0) {
            flights.add(out.length);
        }
        sent.writeBytes(out);
        peer.receives(out);
        received.writeBytes(taken(appOut));
    }

    private static byte[] taken(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes).clear();
        return bytes;
    }

    // ---- what the application does

    /** The application sends bytes, in as many records as it takes. */
    public ServerDriver sends(byte[] content) {
        ByteBuffer appIn = forms.buffers().allocate(content.length).put(content).flip();
        StepResult last = StepResult.NEED_OUTPUT;
        for (int calls = 0; calls < MAX_CALLS && last == StepResult.NEED_OUTPUT; calls++) {
            StepMark.enter();
            try {
                last = tls.write(appIn, netOut);
            } catch (TlsException e) {
                throw new AssertionError("write failed", e);
            } finally {
                StepMark.leave();
            }
            flush();
        }
        Expect.equal("result of write", last, StepResult.ESTABLISHED);
        Expect.that(!appIn.hasRemaining(), "application data is left over");
        return this;
    }

    /** The application closes the connection. */
    public ServerDriver closes() {
        StepResult last = StepResult.NEED_OUTPUT;
        for (int calls = 0; calls < MAX_CALLS && last == StepResult.NEED_OUTPUT; calls++) {
            StepMark.enter();
            try {
                last = tls.close(netOut);
            } finally {
                StepMark.leave();
            }
            flush();
        }
        results.add(last);
        Expect.equal("result of close", last, StepResult.CLOSED);
        return this;
    }

    /** The application has nothing more to send. */
    public ServerDriver closesOutput() {
        try {
            StepResult last = StepResult.NEED_OUTPUT;
            for (int calls = 0; calls < MAX_CALLS && last == StepResult.NEED_OUTPUT; calls++) {
                last = tls.closeOutput(netOut);
                flush();
            }
            Expect.equal("result of closeOutput", last, StepResult.CLOSED);
        } catch (TlsException e) {
            throw new AssertionError("closeOutput failed", e);
        }
        return this;
    }

    /** The peer's end of stream. */
    public ServerDriver meetsEndOfStream() {
        tls.inputClosed();
        inputEnded = true;
        return this;
    }

    // ---- what happened

    /** The connection that is driven. */
    public TlsServerConnection connection() {
        return tls;
    }

    /** What every call returned, CLOSED standing for an exception too. */
    public List<StepResult> results() {
        return List.copyOf(results);
    }

    /** How many bytes each call sent, without the calls that sent none. */
    public List<Integer> flights() {
        return List.copyOf(flights);
    }

    /** How often the connection stopped for an answer from outside, without repeated polls. */
    public int suspensions() {
        int count = 0;
        for (int i = 0; i < results.size(); i++) {
            boolean before = i > 0 && results.get(i - 1) == StepResult.ASYNC_IN_PROGRESS;
            count += results.get(i) == StepResult.ASYNC_IN_PROGRESS && !before ? 1 : 0;
        }
        return count;
    }

    /** The application data received since this was last asked. */
    public byte[] takeReceived() {
        byte[] all = received.toByteArray();
        received.reset();
        return all;
    }

    /** The last results, for messages of failures. */
    List<StepResult> tailOfResults() {
        return results.subList(Math.max(0, results.size() - 12), results.size());
    }

    /** Every byte sent so far. */
    public byte[] bytesSent() {
        return sent.toByteArray();
    }

    /** What the last failing call threw, or null. */
    public @Nullable TlsException failure() {
        return failure;
    }

    /** Client bytes that no step has taken yet. */
    public int unreadInput() {
        return netIn.position()
                + portions.stream().mapToInt(portion -> portion.length).sum();
    }
}
