package dev.lockstep.server.explain;

import dev.lockstep.explain.Explanation;
import dev.lockstep.explain.Figure;
import dev.lockstep.explain.Transcript;
import dev.lockstep.explain.Wire;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection on a blocking socket that is explained while it happens: the handshake, one record of the client's and an
 * answer. What is printed comes from the bytes on the wire and from the connection's observer; no secret is at hand. For one
 * thread.
 */
final class ExplainedConnection {

    private static final long DATA_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final String ANSWER = String.join(
            "\r\n",
            "HTTP/1.1 200 OK",
            "Content-Type: text/plain",
            "Content-Length: 10",
            "Connection: close",
            "",
            "explained\n");

    /** A call that takes records from {@code netIn} and puts some into {@code netOut}. */
    @FunctionalInterface
    private interface Call {
        StepResult run() throws TlsException;
    }

    private final Socket socket;
    private final TlsServerConfig config;
    private final PrintWriter out;
    private final Transcript transcript = new Transcript();
    private final Explanation explanation = new Explanation(transcript);
    private final Wire fromClient = new Wire(transcript, true);
    private final Wire fromServer = new Wire(transcript, false);
    private final Semaphore woken = new Semaphore(0);
    private final TlsServerConnection tls;
    /** What has been received and not taken yet, in read mode. */
    private final ByteBuffer netIn =
            ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE).flip();

    private final ByteBuffer netOut = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);

    /**
     * A connection whose time begins now.
     *
     * @param config all but the observer
     */
    ExplainedConnection(Socket socket, TlsServerConfig config, PrintWriter out) {
        this.socket = socket;
        this.config = config.toBuilder().observer(transcript).build();
        this.out = out;
        this.tls = TlsServerConnection.create(this.config, connection -> woken.release());
    }

    /**
     * Serves and explains the connection to its end.
     *
     * @return why it failed, or null
     * @throws IOException when the socket fails; what has happened until then is explained all the same
     */
    @Nullable
    TlsException run() throws IOException {
        IOException broken = null;
        try {
            shakeHands();
            exchange();
        } catch (TlsException e) {
            // its alert is sent and explained below
        } catch (IOException e) {
            broken = e;
        }
        broken = close(broken);
        explain();
        out.println();
        out.println("### In short");
        out.println();
        out.println("```");
        out.print(Figure.of(transcript));
        out.println("```");
        out.flush();
        if (broken != null) {
            throw broken;
        }
        return tls.failure();
    }

    /** Closes to the end, which clears the connection's secrets. What no socket takes any more is not explained. */
    private @Nullable IOException close(@Nullable IOException before) throws TlsException {
        IOException broken = before;
        boolean more = true;
        while (more) {
            if (broken == null) {
                more = tapped(() -> tls.close(netOut)) == StepResult.NEED_OUTPUT;
                try {
                    send();
                } catch (IOException e) {
                    broken = e;
                }
            } else {
                more = tls.close(netOut.clear()) == StepResult.NEED_OUTPUT;
            }
        }
        return broken;
    }

    private void shakeHands() throws IOException {
        while (true) {
            StepResult result = tapped(() -> tls.step(netIn, netOut));
            if (result == StepResult.PROGRESSED) {
                continue;
            }
            send();
            explain();
            switch (result) {
                case NEED_INPUT -> receive(tls.nextDeadlineNanos());
                case ASYNC_IN_PROGRESS -> awaitAnswer();
                case NEED_OUTPUT -> {} // it has been emptied
                default -> {
                    return;
                }
            }
        }
    }

    /** Takes one record of data, if the client sends any, and answers it. */
    private void exchange() throws IOException {
        OptionalLong until = OptionalLong.of(config.clock().getAsLong() + DATA_NANOS);
        ByteBuffer data = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);
        while (config.clock().getAsLong() - until.getAsLong() < 0) {
            StepResult result = tapped(() -> tls.read(netIn, data));
            if (data.position() > 0) {
                tapped(() -> tls.write(ByteBuffer.wrap(ANSWER.getBytes(StandardCharsets.US_ASCII)), netOut));
                return;
            }
            if (result == StepResult.NEED_INPUT) {
                receive(until);
            } else if (result != StepResult.PROGRESSED) {
                return;
            }
        }
    }

    /** Calls, and notes the bytes that the call takes and makes. */
    private StepResult tapped(Call call) throws TlsException {
        int taken = netIn.position();
        int made = netOut.position();
        try {
            return call.run();
        } finally {
            fromClient.pass(Arrays.copyOfRange(netIn.array(), taken, netIn.position()));
            fromServer.pass(Arrays.copyOfRange(netOut.array(), made, netOut.position()));
        }
    }

    private void receive(OptionalLong until) throws IOException {
        netIn.compact();
        try {
            socket.setSoTimeout((int) millis(until));
            int count = socket.getInputStream().read(netIn.array(), netIn.position(), netIn.remaining());
            if (count < 0) {
                tls.inputClosed();
            } else {
                netIn.position(netIn.position() + count);
            }
        } catch (SocketTimeoutException e) {
            // the next call meets the deadline
        } finally {
            netIn.flip();
        }
    }

    private void awaitAnswer() throws IOException {
        try {
            boolean ignored = woken.tryAcquire(millis(tls.nextDeadlineNanos()), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** The time to wait, from 1 ms to a minute. */
    private long millis(OptionalLong until) {
        long longest = TimeUnit.MINUTES.toMillis(1);
        if (until.isEmpty()) {
            return longest;
        }
        long left =
                TimeUnit.NANOSECONDS.toMillis(until.getAsLong() - config.clock().getAsLong()) + 1;
        return Math.max(1, Math.min(left, longest));
    }

    private void send() throws IOException {
        socket.getOutputStream().write(netOut.array(), 0, netOut.position());
        netOut.clear();
    }

    private void explain() {
        explanation.next().forEach(out::println);
        out.flush();
    }
}
