package dev.lockstep.server.http;

import dev.lockstep.nio.Handler;
import dev.lockstep.nio.Session;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 with one page: GET and HEAD, kept alive and pipelined. Of requests that arrive together a few are answered before
 * the client must read; the rest waits, and nothing more is read meanwhile.
 */
public final class HttpApplication implements Handler {

    /** How many answers wait to be sent at most. */
    static final int MOST_PIPELINED = 16;

    /** How many requests one connection serves. */
    static final int MOST_REQUESTS = 1000;

    private static final Duration FOR_THE_HEAD = Duration.ofSeconds(30);
    private static final long DRAIN_PATIENCE_NANOS = 1_000_000_000;
    private static final Duration BETWEEN_REQUESTS = Duration.ofSeconds(60);

    private final KeyWait keyWait = new KeyWait();
    private final RequestReader reader = new RequestReader();
    private final BiConsumer<Session, Duration> alarm;
    private @Nullable ByteBuffer rest;
    private boolean alarmForHead;
    private boolean ended;
    private boolean draining;
    private long idleSince;
    private final int mostRequests;
    private int requests;

    /** Keeps connections, as HTTP/1.1 has it. */
    public HttpApplication() {
        this(true);
    }

    /** @param keepAlive whether a connection may have more than one request */
    public HttpApplication(boolean keepAlive) {
        this((session, delay) -> session.duplex().alarm(delay), keepAlive ? MOST_REQUESTS : 1);
    }

    /** @param alarm sets when {@link #onAlarm} is called */
    HttpApplication(BiConsumer<Session, Duration> alarm, int mostRequests) {
        this.alarm = alarm;
        this.mostRequests = mostRequests;
    }

    @Override
    public void onEstablished(Session session) {
        idleSince = System.nanoTime();
        alarm.accept(session, BETWEEN_REQUESTS);
    }

    /** The next answer is the last. */
    @Override
    public void onDrain(Session session) {
        draining = true;
        endIfIdle(session);
    }

    /** A client that sends no request is waited for a little, since one may be on its way. */
    private void endIfIdle(Session session) {
        boolean idle = !ended && !reader.hasBegun() && rest == null && !session.hasUnsent();
        if (idle) {
            long left = DRAIN_PATIENCE_NANOS - (System.nanoTime() - idleSince);
            if (left > 0) {
                alarm.accept(session, Duration.ofNanos(left));
            }
            end(session, left <= 0);
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
        serve(session, data);
        if (data.hasRemaining() && !ended) {
            rest = ByteBuffer.allocate(data.remaining()).put(data).flip();
        }
    }

    @Override
    public void onSent(Session session) {
        ByteBuffer waiting = rest;
        if (waiting != null && !ended) {
            serve(session, waiting);
            rest = waiting.hasRemaining() ? waiting : null;
        }
        if (draining) {
            endIfIdle(session);
        }
    }

    private void serve(Session session, ByteBuffer data) {
        for (int i = 0; i < MOST_PIPELINED && !ended; i++) {
            if (!reader.take(data)) {
                // The time for a head runs from its first byte: later ones buy none.
                if (reader.hasBegun() != alarmForHead || i > 0) {
                    alarmForHead = reader.hasBegun();
                    alarm.accept(session, alarmForHead ? FOR_THE_HEAD : BETWEEN_REQUESTS);
                }
                return;
            }
            answer(session);
        }
    }

    private void answer(Session session) {
        requests++;
        Refusal refusal = refusal();
        boolean keeps = reader.keepsConnection()
                && (refusal == null || refusal.keepsConnection())
                && requests < mostRequests
                && !draining;
        byte[] page =
                refusal == null ? HttpPage.render(session.info(), keyWait, keeps) : HttpPage.refusal(refusal, keeps);
        session.send(HttpPage.answer(page, reader.isHead(), reader.isHttp10()));
        reader.reset();
        idleSince = System.nanoTime();
        end(session, !keeps);
    }

    private @Nullable Refusal refusal() {
        Refusal refusal = reader.refusal();
        return refusal != null || reader.path().equals("/") ? refusal : Refusal.NOT_FOUND;
    }

    private void end(Session session, boolean now) {
        if (now) {
            ended = true;
            session.close();
        }
    }

    /** The client takes too long: a head that has begun is answered, silence is not. */
    @Override
    public void onAlarm(Session session) {
        if (ended) {
            return;
        }
        if (session.hasUnsent()) {
            // a client that does not read meets the limit of idleness; one that reads again has no more time than
            // others
            alarm.accept(session, alarmForHead ? FOR_THE_HEAD : BETWEEN_REQUESTS);
            return;
        }
        if (reader.hasBegun()) {
            session.send(ByteBuffer.wrap(HttpPage.refusal(Refusal.REQUEST_TIMEOUT, false)));
        }
        end(session, true);
    }
}
