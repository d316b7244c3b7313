package dev.lockstep.tls.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

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
    private TlsException failure;

    ServerSide(TlsServerConnection tls, ScriptedClient client, Forms forms, int netOutCapacity) {
        this.tls = tls;
        this.client = client;
        this.forms = forms;
        this.netIn = forms.buffers().allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        this.netOut = forms.buffers().allocate(netOutCapacity);
        this.appOut = forms.buffers().allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);
        tls.onWake(wakes::release);
    }

    // ---- what a test says of the server

    /** Takes all that the client sent, waits for keys, and answers exactly this. */
    public ServerSide answers(Seen.Kind... expected) {
        settle(false);
        return hasSent(expected);
    }

    /** Takes what the client sent and stops for an answer from outside. */
    public ServerSide suspendsFor(SuspensionKind kind) {
        assertThat(settle(true)).as("result after %s", tailOfResults()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        Suspension suspension = tls.suspension();
        assertThat(suspension).isNotNull();
        assertThat(suspension.kind()).isEqualTo(kind);
        return this;
    }

    /** Since the last look the client got exactly this; nothing is driven. */
    public ServerSide hasSent(Seen.Kind... expected) {
        List<Seen> seen = client.takeSeen();
        assertThat(seen.stream().map(Seen::kind).toList())
                .as("what the server sent: %s (failure: %s)", seen, failure)
                .containsExactly(expected);
        assertThat(client.hasWholeMessagesOnly()).as("whole records only").isTrue();
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
        assertThat(seen.stream().map(Seen::kind).toList())
                .as("what the server sent: %s (failure: %s)", seen, failure)
                .containsExactly(expected);
        assertThat(seen.get(before.length).body()).as("alert of %s", failure).containsExactly(2, description.code());
        assertThat(failure).isNotNull();
        assertThat(failure.alert()).isEqualTo(description);
        assertThat(failure.fromPeer()).isFalse();
        isDead();
        return this;
    }

    /** Nothing goes on any more: the failure is latched, nothing is pending, nothing is sent, no secret is left. */
    public ServerSide isDead() {
        assertThat(tls.isClosed()).as("closed").isTrue();
        assertThat(tls.isEstablished()).as("established").isFalse();
        assertThat(tls.suspension()).as("suspension").isNull();
        assertThat(tls.nextDeadlineNanos()).as("deadline").isEmpty();
        assertThat(tls.failure()).as("latched failure").isSameAs(failure);
        int before = sent.size();
        results.add(call());
        assertThat(results.get(results.size() - 1)).isEqualTo(StepResult.CLOSED);
        assertThat(tls.failure()).as("still the same failure").isSameAs(failure);
        assertThat(tls.wantsOutput()).as("wants output").isFalse();
        assertThat(sent.size()).as("bytes sent after the end").isEqualTo(before);
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
        assertThat(last).as("result of write").isEqualTo(StepResult.ESTABLISHED);
        assertThat(appIn.hasRemaining()).as("application data left over").isFalse();
        return this;
    }

    /** Since the last look the application got exactly this text. */
    public ServerSide hasReceived(String text) {
        return hasReceived(text.getBytes(StandardCharsets.UTF_8));
    }

    public ServerSide hasReceived(byte[] content) {
        assertThat(received.toByteArray()).as("application data").isEqualTo(content);
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
        assertThat(last).as("result of close").isEqualTo(StepResult.CLOSED);
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
            assertThat(last).as("result of closeOutput").isEqualTo(StepResult.CLOSED);
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
        } while (result == StepResult.PROGRESSED || !portions.isEmpty() && result != StepResult.CLOSED);
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
                    assertThat(polls).as("polls of a key that never answers").isLessThan(MAX_POLLS_IN_A_ROW);
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
        assertThat(length).as("room for input: a whole record must fit").isPositive();
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
            assertThat(failure).as("the latched failure").isIn(null, e);
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

    public TlsException failure() {
        return failure;
    }

    /** Client bytes that no step has taken yet. */
    public int unreadInput() {
        return netIn.position()
                + portions.stream().mapToInt(portion -> portion.length).sum();
    }
}
