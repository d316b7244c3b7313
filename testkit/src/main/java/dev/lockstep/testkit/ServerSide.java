package dev.lockstep.testkit;

import dev.lockstep.testkit.answer.StepMark;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Drives a connection as a server's event loop would: bytes in, bytes out, one step after the other. It brings the
 * client's records in the chosen form, hands every answer back to the client and remembers what each call returned.
 */
public final class ServerSide {

    private static final int MAX_CALLS = 2_000_000;
    private static final int MAX_POLLS_IN_A_ROW = 100;

    private final TlsServerConnection tls;
    private final ScriptedClient client;
    private final Forms forms;
    private final ByteBuffer netIn;
    private final ByteBuffer netOut;
    private final ByteBuffer appOut;
    private final Deque<byte[]> portions = new ArrayDeque<>();
    private final Semaphore wakes = new Semaphore(0);
    private final List<StepResult> results = new ArrayList<>();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private boolean established;
    private @Nullable TlsException failure;

    ServerSide(TlsServerConfig config, ScriptedClient client, Forms forms, int netOutCapacity) {
        this.tls = TlsServerConnection.create(config, waiting -> wakes.release());
        this.client = client;
        this.forms = forms;
        this.netIn = forms.buffers().allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        this.netOut = forms.buffers().allocate(netOutCapacity);
        this.appOut = forms.buffers().allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);
    }

    // ---- what a test says of the server

    /** Takes all that the client sent, waits for keys, and answers exactly this. */
    public ServerSide answers(Seen.Kind... expected) {
        settle(false);
        return hasSent(expected);
    }

    /** Takes what the client sent and stops for an answer from outside. */
    public ServerSide suspendsFor(SuspensionKind kind) {
        Expect.equal(() -> "result after " + tailOfResults(), settle(true), StepResult.ASYNC_IN_PROGRESS);
        Suspension suspension = tls.suspension();
        Expect.equal("what it waits for", suspension == null ? null : suspension.kind(), kind);
        return this;
    }

    /** Since the last look the client got exactly this; nothing is driven. */
    public ServerSide hasSent(Seen.Kind... expected) {
        List<Seen> seen = client.takeSeen();
        hasSeen(seen, expected);
        Expect.that(client.hasWholeMessagesOnly(), "the server's bytes end inside a record or a message");
        return this;
    }

    /** Takes all that the client sent and ends with this fatal alert, after these messages. */
    public ServerSide refuses(AlertDescription description, Seen.Kind... before) {
        settle(false);
        return hasRefused(description, before);
    }

    /** The connection has ended with this fatal alert, after these messages; nothing is driven. */
    public ServerSide hasRefused(AlertDescription description, Seen.Kind... before) {
        List<Seen> seen = client.takeSeen();
        Seen.Kind[] expected = Arrays.copyOf(before, before.length + 1);
        expected[before.length] = Seen.Kind.ALERT;
        hasSeen(seen, expected);
        byte[] alert = seen.get(before.length).body();
        Expect.that(
                alert[0] == 2 && (alert[1] & 0xff) == description.code(),
                "the alert is " + Bytes.hex(alert) + ", not a fatal " + description + " (failure: " + failure + ")");
        TlsException latched = failure;
        if (latched == null) {
            throw new AssertionError("an alert was sent, but no call threw");
        }
        Expect.equal("alert of the exception", latched.alert(), description);
        Expect.that(!latched.fromPeer(), "the server's own alert counts as the peer's");
        isDead();
        return this;
    }

    private void hasSeen(List<Seen> seen, Seen.Kind... expected) {
        Expect.equal(
                () -> "what the server sent: " + seen + " (failure: " + failure + ")",
                seen.stream().map(Seen::kind).toList(),
                List.of(expected));
    }

    /** Nothing goes on any more: the failure is latched, nothing is pending, nothing is sent, no secret is left. */
    public ServerSide isDead() {
        Expect.that(tls.isClosed(), "the connection is not closed");
        Expect.that(!tls.isEstablished(), "the connection is established");
        Expect.equal("suspension", tls.suspension(), null);
        Expect.equal("deadline", tls.nextDeadlineNanos(), OptionalLong.empty());
        Expect.that(tls.failure() == failure, "another latched failure: " + tls.failure());
        int before = sent.size();
        results.add(call());
        Expect.equal("result after the end", results.get(results.size() - 1), StepResult.CLOSED);
        Expect.that(tls.failure() == failure, "the latched failure has changed: " + tls.failure());
        Expect.that(!tls.wantsOutput(), "output after the end");
        Expect.equal("bytes sent", sent.size(), before);
        SecretHunt.assertNoneIn(tls, client.secrets());
        SecretHunt.assertHandshakeHoldsNone(tls);
        return this;
    }

    /** The application sends a text. */
    public ServerSide sends(String text) {
        return sends(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The application sends bytes, in as many records as it takes. */
    public ServerSide sends(byte[] content) {
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

    /** Since the last look the application got exactly this text. */
    public ServerSide hasReceived(String text) {
        return hasReceived(text.getBytes(StandardCharsets.UTF_8));
    }

    public ServerSide hasReceived(byte[] content) {
        Expect.equal("application data", text(received.toByteArray()), text(content));
        received.reset();
        return this;
    }

    /** The application closes the connection. */
    public ServerSide closes() {
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
    public ServerSide closesOutput() {
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
    public ServerSide meetsEndOfStream() {
        tls.inputClosed();
        return this;
    }

    // ---- driving it

    /** One call of step or read, with the input that is there. */
    public StepResult steps() {
        portions.addAll(forms.input().portions(client.takeRecords()));
        StepResult result = call();
        results.add(result);
        return result;
    }

    /** Puts all of the client's bytes into the buffer; nothing is called. */
    public ServerSide buffersInput() {
        portions.addAll(forms.input().portions(client.takeRecords()));
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

    /** Drives until everything that the client sent is used and nothing is pending any more. */
    public StepResult settle() {
        return settle(false);
    }

    /** Brings all of the client's bytes while an operation may be pending, with a step after each portion. */
    public StepResult stepsThroughInput() {
        portions.addAll(forms.input().portions(client.takeRecords()));
        StepResult result;
        do {
            feed();
            result = call();
            results.add(result);
        } while (result == StepResult.PROGRESSED || (!portions.isEmpty() && result != StepResult.CLOSED));
        return result;
    }

    private StepResult settle(boolean stopWhenSuspended) {
        portions.addAll(forms.input().portions(client.takeRecords()));
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
            if (reads && result == StepResult.CLOSED) {
                tls.close(netOut); // as an application answers close_notify
            }
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

    private void flush() {
        byte[] out = taken(netOut);
        sent.writeBytes(out);
        client.receives(out);
        received.writeBytes(taken(appOut));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] taken(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes).clear();
        return bytes;
    }

    private List<StepResult> tailOfResults() {
        return results.subList(Math.max(0, results.size() - 12), results.size());
    }

    // ---- what happened

    public TlsServerConnection connection() {
        return tls;
    }

    /** What every call returned, CLOSED standing for an exception too. */
    public List<StepResult> results() {
        return List.copyOf(results);
    }

    /** Every byte sent so far. */
    public byte[] bytesSent() {
        return sent.toByteArray();
    }

    /** Type and length of every record sent so far. */
    public List<String> recordsSent() {
        return client.recordsSeen().stream().map(Object::toString).toList();
    }

    public @Nullable TlsException failure() {
        return failure;
    }

    /** Client bytes that no step has taken yet. */
    public int unreadInput() {
        return netIn.position()
                + portions.stream().mapToInt(portion -> portion.length).sum();
    }
}
