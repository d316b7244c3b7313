package dev.lockstep.server.demo;

import dev.lockstep.nio.Handler;
import dev.lockstep.nio.Session;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1 for the demo: the page and its files, the stream of events, the button, and a line for curl. */
final class DemoHandler implements Handler {

    /** Ample for what browsers send. */
    static final int LONGEST_HEAD = 16 * 1024;

    /** How many requests one connection serves. */
    static final int MOST_REQUESTS = 100;

    /**
     * What is served.
     *
     * @param burst begins one, or returns false
     * @param delayMillis how much time every operation of the key takes
     */
    record Site(DemoPages pages, DemoEvents events, BooleanSupplier burst, int delayMillis) {}

    private final Site site;
    private final StringBuilder head = new StringBuilder();
    private @Nullable DemoViewer viewer;
    private boolean ended;
    private int requests;
    private long suspendedAt;
    private long waitedNanos;
    private long servedBefore;
    private long othersServed;

    DemoHandler(Site site) {
        this.site = site;
    }

    @Override
    public void onSuspended(Session session) {
        suspendedAt = System.nanoTime();
        servedBefore = session.counters().sent();
    }

    @Override
    public void onResumed(Session session) {
        waitedNanos += System.nanoTime() - suspendedAt;
        othersServed += session.counters().sent() - servedBefore;
    }

    @Override
    public void onData(Session session, ByteBuffer data) {
        while (data.hasRemaining() && !ended) {
            head.append((char) (data.get() & 0xFF));
            if (endsHead()) {
                DemoRequest request = DemoRequest.parse(head.toString().stripTrailing());
                head.setLength(0);
                serve(session, request);
            } else if (head.length() == LONGEST_HEAD) {
                send(session, DemoResponse.text("431 Request Header Fields Too Large", "too long"), true, false);
            }
        }
    }

    private boolean endsHead() {
        int length = head.length();
        return head.charAt(length - 1) == '\n' && length >= 4 && head.indexOf("\r\n\r\n", length - 4) >= 0;
    }

    private void serve(Session session, @Nullable DemoRequest request) {
        if (request == null) {
            send(session, DemoResponse.text("400 Bad Request", "this is not HTTP/1.1"), true, false);
        } else if (request.hasBody()) {
            send(session, DemoResponse.text("413 Content Too Large", "nothing here takes a body"), true, false);
        } else if (request.path().equals("/events") && request.method().equals("GET")) {
            view(session);
        } else {
            boolean keeps = request.keepsConnection() && ++requests < MOST_REQUESTS;
            send(session, answer(session, request), !request.isHead(), keeps);
        }
    }

    private DemoResponse answer(Session session, DemoRequest request) {
        if (request.path().equals("/burst")) {
            return burst(request);
        }
        if (!request.method().equals("GET") && !request.isHead()) {
            return DemoResponse.text("405 Method Not Allowed", "this can be read only");
        }
        if (request.path().equals("/connection")) {
            return DemoResponse.text("200 OK", story(session));
        }
        DemoResponse file = site.pages().get(request.path());
        return file == null ? DemoResponse.text("404 Not Found", "there is nothing here") : file;
    }

    private DemoResponse burst(DemoRequest request) {
        if (!request.method().equals("POST")) {
            return DemoResponse.text("405 Method Not Allowed", "this is for POST");
        }
        if (!request.isOwnScript()) {
            return DemoResponse.text("403 Forbidden", "only the button of the page does this");
        }
        return site.burst().getAsBoolean()
                ? DemoResponse.text("202 Accepted", "begun")
                : DemoResponse.text("429 Too Many Requests", "one burst at a time");
    }

    private String story(Session session) {
        String suite = session.info().cipherSuite().name();
        if (session.info().resumed()) {
            return suite + "\nA resumed session: no key was used.";
        }
        return String.format(
                Locale.ROOT,
                "%s%nThe key took %.1f ms. Meanwhile the same thread served %d other connections.",
                suite,
                waitedNanos / 1e6,
                othersServed);
    }

    private void view(Session session) {
        DemoViewer made = new DemoViewer(session);
        boolean added = site.events()
                .add(made, site.events().event("hello").with("c", session.id()).with("delay", site.delayMillis()));
        if (added) {
            viewer = made;
            ended = true; // what else this client sends is dropped
        } else {
            send(session, DemoResponse.text("503 Service Unavailable", "enough pages are open"), true, false);
        }
    }

    private void send(Session session, DemoResponse response, boolean withBody, boolean keeps) {
        session.send(response.bytes(withBody, keeps));
        if (!keeps) {
            ended = true;
            session.close();
        }
    }

    @Override
    public void onSent(Session session) {
        DemoViewer viewing = viewer;
        if (viewing != null) {
            viewing.onSent();
        }
    }

    @Override
    public void onClosed(Session session, @Nullable Throwable cause) {
        DemoViewer viewing = viewer;
        if (viewing != null) {
            site.events().remove(viewing);
        }
    }
}
