package dev.lockstep.server.serve;

import dev.lockstep.nio.Handler;
import dev.lockstep.nio.Session;
import java.nio.ByteBuffer;

/**
 * HTTP/1.0 at its smallest: reads to the empty line, answers once whatever was asked, closes. Nothing of the request
 * is kept, so its head may be long; its length is bounded all the same.
 */
public final class HttpApplication implements Handler {

    /** Ample for a head of 16 KiB and more, and an end for a head that has none. */
    static final int LONGEST_HEAD = 1 << 18;

    private static final long FIRST_REQUEST_NANOS = 1_000_000_000;

    private final KeyWait keyWait = new KeyWait();
    private int headBytes;
    private int lineBytes;
    private boolean lineIsEmpty = true;
    private boolean answered;
    private long establishedAt;

    @Override
    public void onEstablished(Session session) {
        establishedAt = System.nanoTime();
    }

    /** The one request is answered; a client that is connected and sends none is waited for a little. */
    @Override
    public void onDrain(Session session) {
        if (headBytes == 0 && System.nanoTime() - establishedAt > FIRST_REQUEST_NANOS) {
            session.close();
        }
    }

    @Override
    public void onSuspended(Session session) {
        keyWait.begin(session);
    }

    @Override
    public void onResumed(Session session) {
        keyWait.end(session);
    }

    @Override
    public void onData(Session session, ByteBuffer data) {
        if (answered) {
            return; // what follows the head is dropped until the connection is down
        }
        while (data.hasRemaining()) {
            headBytes++;
            if (endsHead(data.get())) {
                answer(session, HttpPage.render(session.info(), keyWait));
                return;
            }
        }
        if (headBytes > LONGEST_HEAD) {
            answer(session, HttpPage.headTooLong());
        }
    }

    /** RFC 1945 section 5: a head ends with an empty line; appendix B: a line feed alone ends a line too. */
    private boolean endsHead(byte octet) {
        if (octet == '\n') {
            boolean empty = lineIsEmpty && headBytes > lineBytes + 1;
            lineBytes = 0;
            lineIsEmpty = true;
            return empty;
        }
        lineBytes++;
        lineIsEmpty = octet == '\r' && lineBytes == 1;
        return false;
    }

    private void answer(Session session, byte[] response) {
        answered = true;
        session.send(ByteBuffer.wrap(response));
        session.close();
    }
}
