package dev.lockstep.jmh.sockets;

import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

/** One connection that looks closely, before a load is put on a server: is it the same work as with the others? */
final class Probe implements AutoCloseable {
    /** The request of every load. */
    static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private static final int LIMIT_MILLIS = 20_000;
    private static final int ROOM = 18 * 1024;
    private static final int LONGEST_ANSWER = 1 << 16;
    private static final int HANDSHAKE = 22;
    private static final int RECORD_HEAD = 5;
    private static final int SERVER_KEY_EXCHANGE = 12;
    private static final int NAMED_CURVE = 3;
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\nContent-Length: *(\\d{1,5})\r\n");

    private final Socket socket;
    private final ReferenceCountedOpenSslEngine engine;
    private final ByteBuffer netIn = ByteBuffer.allocate(ROOM);
    private final ByteBuffer netOut = ByteBuffer.allocate(ROOM);
    private final ByteBuffer plain = ByteBuffer.allocate(ROOM);
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    private Probe(TlsClient client, boolean resuming) throws IOException {
        socket = new Socket();
        engine = client.engine(resuming);
        socket.setSoTimeout(LIMIT_MILLIS);
        socket.connect(client.address(), LIMIT_MILLIS);
    }

    /**
     * Looks at a server. The session that this leaves in the client is the one that a load resumes.
     *
     * @param keepsConnections whether requests are measured too, so that each answer must be as long as the first
     * @return how many bytes an answer has, its head included
     * @throws IOException when the server does not do what is to be measured
     */
    static int answerLength(TlsClient client, Site site, boolean keepsConnections)
            throws IOException, GeneralSecurityException {
        int length;
        try (Probe probe = new Probe(client, true)) {
            probe.handshake();
            probe.requireSameWork(site);
            length = probe.answer();
        }
        try (Probe probe = new Probe(client, true)) {
            probe.handshake();
            require(TlsClient.isResumed(probe.engine), "a session was not resumed");
            require(probe.answer() == length || !keepsConnections, "answers have different lengths");
        }
        return length;
    }

    /** The time of a new handshake, from the beginning of its connection, in nanoseconds. */
    static long handshakeNanos(TlsClient client) throws IOException {
        long began = System.nanoTime();
        try (Probe probe = new Probe(client, false)) {
            probe.handshake();
            return System.nanoTime() - began;
        }
    }

    private void handshake() throws IOException {
        engine.beginHandshake();
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP -> wrap(ByteBuffer.allocate(0));
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_UNWRAP -> unwrap();
                default -> {
                    return;
                }
            }
        }
    }

    private void requireSameWork(Site site) throws IOException, GeneralSecurityException {
        require(!TlsClient.isResumed(engine), "a session was resumed uninvited");
        require(engine.getSession().getProtocol().equals("TLSv1.2"), "the protocol is not TLS 1.2");
        require(
                engine.getSession().getCipherSuite().equals(Site.SCENARIO.suite()),
                "the suite is " + engine.getSession().getCipherSuite());
        require(
                Arrays.equals(
                        engine.getSession().getPeerCertificates()[0].getEncoded(),
                        site.certificate().getEncoded()),
                "the certificate is another one");
        require(keyExchange().getShort(1) == (short) Site.SCENARIO.group(), "the group is another one");
    }

    /** The body of the ServerKeyExchange, which was sent in the clear (RFC 8422 section 5.4). */
    private ByteBuffer keyExchange() throws IOException {
        ByteBuffer records = ByteBuffer.wrap(received.toByteArray());
        ByteBuffer messages = ByteBuffer.allocate(records.remaining());
        while (records.remaining() > RECORD_HEAD && records.get(records.position()) == HANDSHAKE) {
            int length = records.getShort(records.position() + 3);
            messages.put(records.slice(records.position() + RECORD_HEAD, length));
            records.position(records.position() + RECORD_HEAD + length);
        }
        messages.flip();
        while (messages.remaining() > 4) {
            int head = messages.getInt();
            ByteBuffer body = messages.slice(messages.position(), head & 0xffffff);
            if (head >>> 24 == SERVER_KEY_EXCHANGE && body.get(0) == NAMED_CURVE) {
                return body;
            }
            messages.position(messages.position() + body.remaining());
        }
        throw new IOException("there is no ServerKeyExchange of a named curve");
    }

    private int answer() throws IOException {
        wrap(ByteBuffer.wrap(REQUEST.getBytes(StandardCharsets.US_ASCII)));
        StringBuilder answer = new StringBuilder();
        while (answer.length() < LONGEST_ANSWER && unwrap()) {
            answer.append(StandardCharsets.ISO_8859_1.decode(plain));
            int head = answer.indexOf("\r\n\r\n") + 4;
            Matcher length = LENGTH.matcher(answer.substring(0, Math.max(0, head)));
            if (head > 3 && length.find() && answer.length() >= head + Integer.parseInt(length.group(1))) {
                break;
            }
        }
        require(
                answer.length() > 12 && answer.substring(9, 12).equals("200"),
                "the answer is not 200 but '" + answer.substring(0, Math.min(12, answer.length())) + "'");
        return answer.length();
    }

    private static void require(boolean condition, String otherwise) throws IOException {
        if (!condition) {
            throw new IOException(otherwise);
        }
    }

    private void wrap(ByteBuffer from) throws IOException {
        SSLEngineResult result = engine.wrap(from, netOut.clear());
        require(result.getStatus() != Status.BUFFER_OVERFLOW, "no room for a record");
        socket.getOutputStream().write(netOut.array(), 0, netOut.position());
    }

    /** Reads a record's content into {@link #plain}; false at the end of the connection. */
    private boolean unwrap() throws IOException {
        while (true) {
            netIn.flip();
            SSLEngineResult result = engine.unwrap(netIn, plain.clear());
            netIn.compact();
            plain.flip();
            if (result.getStatus() == Status.OK || result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
                return true; // FINISHED without a record when it was this end that sent the last message
            }
            if (result.getStatus() == Status.CLOSED) {
                return false;
            }
            require(result.getStatus() == Status.BUFFER_UNDERFLOW, "no room for a record's content");
            int count = socket.getInputStream().read(netIn.array(), netIn.position(), netIn.remaining());
            if (count < 0) {
                throw new EOFException("the server ended the connection");
            }
            received.write(netIn.array(), netIn.position(), count);
            netIn.position(netIn.position() + count);
        }
    }

    @Override
    public void close() throws IOException {
        try (socket) {
            engine.closeOutbound();
            if (!engine.isOutboundDone() && !socket.isOutputShutdown()) {
                wrap(ByteBuffer.allocate(0));
            }
        } finally {
            engine.release();
        }
    }
}
