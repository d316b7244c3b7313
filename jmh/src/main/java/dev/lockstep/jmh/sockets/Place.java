package dev.lockstep.jmh.sockets;

import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import org.jspecify.annotations.Nullable;

/**
 * Connections that follow one another. A handshake is over when the server, having read its last message and the
 * close_notify behind it, has closed the connection without an alert; a request, when its whole answer is there. For the
 * thread of its loop.
 */
final class Place {
    /** One less than nginx's limit and Lockstep's: it is the client that ends a connection. */
    private static final int REQUESTS_PER_CONNECTION = 999;

    private static final int ROOM = 18 * 1024;
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);
    private static final byte[] GOOD = "HTTP/1.1 200 ".getBytes(StandardCharsets.US_ASCII);

    private enum State {
        CONNECTING,
        HANDSHAKING,
        ANSWERING,
        CLOSING
    }

    private final Load load;
    private final TlsClient client;
    private final Selector selector;
    private final Runnable done;
    private final ByteBuffer netIn = ByteBuffer.allocateDirect(ROOM);
    private final ByteBuffer netOut = ByteBuffer.allocateDirect(ROOM);
    private final ByteBuffer plain = ByteBuffer.allocateDirect(ROOM);
    private final ByteBuffer request;
    private final ByteBuffer answer;

    private State state = State.CONNECTING;
    private @Nullable SocketChannel channel;
    private @Nullable ReferenceCountedOpenSslEngine engine;
    private int requests;
    private boolean inboundOver;
    private long since;

    /**
     * @param answerLength bytes of an answer, head included
     * @param done is told of each operation that has succeeded
     */
    Place(Load load, TlsClient client, int answerLength, Selector selector, Runnable done) {
        this.load = load;
        this.client = client;
        this.selector = selector;
        this.done = done;
        byte[] text = Probe.REQUEST.getBytes(StandardCharsets.US_ASCII);
        request = ByteBuffer.allocateDirect(text.length).put(text).flip();
        answer = ByteBuffer.allocate(answerLength);
    }

    /** Begins the first connection; each further one begins when the one before it is over. */
    void connect() throws IOException {
        since = System.nanoTime();
        netIn.clear();
        netOut.clear();
        requests = 0;
        inboundOver = false;
        state = State.CONNECTING;
        SocketChannel opened = SocketChannel.open();
        channel = opened;
        engine = client.engine(load == Load.RESUMED);
        opened.configureBlocking(false);
        opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
        boolean connected = opened.connect(client.address());
        SelectionKey key = opened.register(selector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
        if (connected) {
            begin(key);
        }
    }

    /** The time at which its present operation began, as {@link System#nanoTime()} has it. */
    long since() {
        return since;
    }

    /** Takes what the channel is ready for. */
    void ready(SelectionKey key) throws IOException {
        if (state == State.CONNECTING) {
            if (!channel().finishConnect()) {
                return;
            }
            begin(key);
            return;
        }
        proceed();
    }

    private void begin(SelectionKey key) throws IOException {
        key.interestOps(SelectionKey.OP_READ);
        state = State.HANDSHAKING;
        engine().beginHandshake();
        proceed();
    }

    private void proceed() throws IOException {
        switch (state) {
            case HANDSHAKING -> handshake();
            case ANSWERING -> read();
            case CLOSING -> awaitEnd();
            case CONNECTING -> throw new IllegalStateException("not connected");
        }
    }

    private void handshake() throws IOException {
        while (true) {
            switch (engine().getHandshakeStatus()) {
                case NEED_WRAP -> wrap(NOTHING);
                case NEED_TASK -> engine().getDelegatedTask().run();
                case NEED_UNWRAP -> {
                    if (!unwrap()) {
                        return;
                    }
                }
                default -> {
                    established();
                    return;
                }
            }
        }
    }

    private void established() throws IOException {
        boolean resumed = TlsClient.isResumed(engine());
        if (resumed != (load == Load.RESUMED)) {
            throw new IOException(resumed ? "a session was resumed uninvited" : "a session was not resumed");
        }
        if (load == Load.REQUESTS) {
            state = State.ANSWERING;
            ask();
        } else {
            close();
        }
    }

    private void ask() throws IOException {
        since = System.nanoTime();
        answer.clear();
        wrap(request.rewind());
        flush();
    }

    private void read() throws IOException {
        while (unwrap()) {
            if (plain.remaining() > answer.remaining()) {
                throw new IOException("an answer is longer than the first one");
            }
            answer.put(plain);
            if (!answer.hasRemaining()) {
                answered();
                return; // nothing comes before it is asked for
            }
        }
    }

    private void answered() throws IOException {
        if (answer.flip().mismatch(ByteBuffer.wrap(GOOD)) < GOOD.length) {
            throw new IOException("an answer is not 200");
        }
        done.run();
        requests++;
        if (requests < REQUESTS_PER_CONNECTION) {
            ask();
        } else {
            close();
        }
    }

    /** Tells the server that nothing follows, together with what is still to be sent. */
    private void close() throws IOException {
        state = State.CLOSING;
        engine().closeOutbound();
        while (!engine().isOutboundDone() && wrap(NOTHING).bytesProduced() > 0) {
            // further records, if there are any
        }
        flush();
        channel().shutdownOutput();
    }

    private void awaitEnd() throws IOException {
        while (!inboundOver) {
            try {
                if (!unwrap()) {
                    return;
                }
            } catch (EOFException e) {
                end(); // without a close_notify, as some servers have it
                return;
            }
        }
        int count;
        do {
            count = channel().read(netIn.clear());
        } while (count > 0);
        if (count < 0) {
            end();
        }
    }

    private void end() throws IOException {
        release();
        if (load != Load.REQUESTS) {
            done.run();
        }
        connect();
    }

    /** Gives up the connection as it is. */
    void release() throws IOException {
        ReferenceCountedOpenSslEngine old = engine;
        engine = null;
        if (old != null) {
            old.release();
        }
        if (channel != null) {
            channel.close();
        }
    }

    private SSLEngineResult wrap(ByteBuffer from) throws IOException {
        SSLEngineResult result = engine().wrap(from, netOut);
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            throw new IOException("no room for a record");
        }
        return result;
    }

    /** Reads a record's content into {@link #plain}; false when the rest of it has not come yet. */
    private boolean unwrap() throws IOException {
        while (true) {
            netIn.flip();
            SSLEngineResult result = engine().unwrap(netIn, plain.clear());
            netIn.compact();
            plain.flip();
            switch (result.getStatus()) {
                case OK -> {
                    return true;
                }
                case CLOSED -> {
                    if (state != State.CLOSING) {
                        throw new EOFException("the server closed the connection");
                    }
                    inboundOver = true;
                    return true;
                }
                case BUFFER_OVERFLOW -> throw new IOException("no room for a record's content");
                case BUFFER_UNDERFLOW -> {
                    if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
                        return true; // it was this end that sent the last message
                    }
                    flush();
                    int count = channel().read(netIn);
                    if (count < 0) {
                        throw new EOFException("the server ended the connection");
                    }
                    if (count == 0) {
                        return false;
                    }
                }
            }
        }
    }

    private void flush() throws IOException {
        netOut.flip();
        if (netOut.hasRemaining()) {
            channel().write(netOut);
        }
        if (netOut.hasRemaining()) {
            throw new IOException("a socket without any load takes less than " + ROOM + " bytes");
        }
        netOut.clear();
    }

    private SocketChannel channel() {
        return Objects.requireNonNull(channel);
    }

    private ReferenceCountedOpenSslEngine engine() {
        return Objects.requireNonNull(engine);
    }
}
