package dev.lockstep.server.keyserver;

import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.Message.Failure;
import dev.lockstep.keys.keyserver.protocol.ProtocolException;
import dev.lockstep.keys.keyserver.transport.FrameChannel;
import dev.lockstep.server.keyserver.listener.ClientListener;
import dev.lockstep.server.keyserver.policy.ClientIdentity;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A client on the loop's thread: what it asked and has no answer to, and what it must not do. */
final class ClientConnection {

    /** A share of the loop: one that floods it with frames gets its next turn after the others. */
    private static final int FRAMES_AT_ONCE = 128;

    private final KeyServer server;
    private @Nullable FrameChannel made;
    private final ClientListener.Admission admission;
    private final Places places;
    private final SelectionKey key;
    private @Nullable ClientIdentity identity;
    private @Nullable PeerShare share;
    private final Map<Long, KeyWork> open = new HashMap<>();
    private boolean greeted;
    private boolean ending;
    private boolean ended;
    private int framesThisTurn;
    private final ConnectionTimes times;

    ClientConnection(KeyServer server, ClientListener.Admission admission, Places places, SelectionKey key, long now) {
        this.server = server;
        this.admission = admission;
        this.places = places;
        this.key = key;
        this.times = new ConnectionTimes(server.limits(), now);
    }

    /**
     * Gives the client a place now that it is known who it is.
     *
     * @return null, or why it has none
     */
    @Nullable
    Refusal settle(long now) {
        ClientIdentity found = admission.identity();
        if (found == null) {
            return Refusal.NO_KEY;
        }
        PeerShare shared = server.share(found, now);
        if (!places.settle(this, shared, now)) {
            return Refusal.NO_PLACE;
        }
        identity = found;
        share = shared;
        return null;
    }

    /** What the client is called in warnings. */
    String where() {
        return admission.where();
    }

    /** Whether it is known who the client is, or it has ended. */
    boolean isSettled() {
        return identity != null || ended;
    }

    /** Whether the client has had no turn yet, for which it has to send something. */
    boolean isSilent() {
        return made == null;
    }

    /** Where the client comes from. */
    String origin() {
        return admission.origin();
    }

    /** Who the client is; nothing is asked of a key before that is known. */
    ClientIdentity identity() {
        return Objects.requireNonNull(identity, "the client is known");
    }

    /** What all connections of this client take up together. */
    PeerShare share() {
        return Objects.requireNonNull(share, "the client is known");
    }

    int openRequests() {
        return open.size();
    }

    /** For how long no frame and no answer has gone either way, up to {@code now}. */
    long idleNanos(long now) {
        return times.idleNanos(now);
    }

    /** Sends and reads what there is. A client that breaks the protocol loses this connection and nothing else. */
    void turn(long now) {
        if (ended) {
            return;
        }
        try {
            if (made == null) {
                made = new FrameChannel(admission.transport());
            }
            FrameChannel frames = made;
            frames.flush();
            framesThisTurn = 0;
            if (isReading()) {
                frames.receive(frame -> onFrame(frame, now));
                frames.flush();
            }
            times.noteOutput(frames.queuedBytes(), now);
            if (ending && frames.queuedBytes() == 0) {
                end();
                return;
            }
            key.interestOps(frames.interest(isReading()));
        } catch (SSLException e) {
            if (!greeted) {
                server.warn(KeyserverNotices.HANDSHAKE + "the TLS handshake of " + where() + " failed: "
                        + KeyserverNotices.reason(e));
            }
            end();
        } catch (IOException | ProtocolException e) {
            end();
        }
    }

    /** What was made by the first turn, which everything that is said to the client follows. */
    private FrameChannel frames() {
        return Objects.requireNonNull(made, "the first turn has come");
    }

    private int queuedBytes() {
        return made == null ? 0 : made.queuedBytes();
    }

    /** Whether {@link #turn} has to come again without the selector. */
    boolean wantsTurn() {
        return !ended && isReading() && frames().hasInput();
    }

    /** A client that does not read its answers is not read either. */
    private boolean isReading() {
        return !ending && queuedBytes() < KeyServerLimits.PAUSE_BYTES;
    }

    private boolean onFrame(Frame frame, long now) throws ProtocolException {
        times.used(now);
        if (greeted && hasLostRights()) {
            throw new ProtocolException("the client has lost its rights");
        }
        Message message = frame.message();
        if (!greeted) {
            greet(message, now);
        } else if (message instanceof Message.Sign sign) {
            submit(frame.id(), sign, sign.millis(), now);
        } else if (message instanceof Message.Decrypt decrypt) {
            submit(frame.id(), decrypt, decrypt.millis(), now);
        } else if (message instanceof Message.Cancel) {
            KeyWork work = open.get(frame.id());
            if (work != null) {
                giveUp(work, Failure.CANCELLED);
            }
        } else if (message instanceof Message.ListKeys) {
            requireUnused(frame.id());
            frames().send(new Frame(frame.id(), keys(now)));
        } else if (message instanceof Message.Ping) {
            requireUnused(frame.id());
            frames().send(new Frame(frame.id(), new Message.Pong()));
        } else {
            throw new ProtocolException("the client sent what a key server sends, or a second hello");
        }
        framesThisTurn++;
        return isReading() && framesThisTurn < FRAMES_AT_ONCE;
    }

    private boolean hasLostRights() {
        String fault = admission.fault();
        if (fault != null) {
            server.warn("closed the connection of " + where() + ": " + fault);
        }
        return fault != null;
    }

    /** A long list costs as much as a request does. */
    private Message keys(long now) {
        return share().takeToken(now)
                ? new Message.Keys(server.offersTo(identity()))
                : new Message.Failed(Failure.REJECTED);
    }

    private void greet(Message message, long now) throws ProtocolException {
        if (!(message instanceof Message.Hello hello)) {
            throw new ProtocolException("the client did not begin with hello");
        }
        if (hello.lowest() > Message.VERSION || hello.highest() < Message.OLDEST_VERSION) {
            warnOfRefusal("it speaks versions " + hello.lowest() + " to " + hello.highest()
                    + " of the protocol, and versions " + Message.OLDEST_VERSION + " to " + Message.VERSION
                    + " are spoken here");
            refuse(Failure.UNSUPPORTED);
            return;
        }
        if (identity == null) {
            Refusal refused = settle(now);
            if (refused != null) {
                warnOfRefusal(refused.reason());
                if (refused == Refusal.NO_PLACE) {
                    ending = true; // without an answer, which would be final: there may be a place soon
                } else {
                    refuse(Failure.REJECTED);
                }
                return;
            }
        }
        greeted = true;
        frames().send(new Frame(
                0,
                new Message.Welcome(
                        Math.min(hello.highest(), Message.VERSION),
                        server.limits().openPerConnection(),
                        server.offersTo(identity()))));
    }

    private void warnOfRefusal(String why) {
        server.warn(ClientListener.REFUSED + admission.where() + ": " + why);
    }

    private void refuse(Failure failure) {
        frames().send(new Frame(0, new Message.Failed(failure)));
        ending = true;
    }

    private void requireUnused(long id) throws ProtocolException {
        if (open.containsKey(id)) {
            throw new ProtocolException("a request has the id of another that is open");
        }
    }

    private void submit(long id, Message request, int millis, long now) throws ProtocolException {
        requireUnused(id);
        KeyWork work = server.request(this, id, request, millis, now);
        if (open.size() >= server.limits().openPerConnection() || !share().take(now, work.bytes())) {
            frames().send(new Frame(id, new Message.Failed(Failure.REJECTED)));
            return;
        }
        boolean submitted = false;
        try {
            submitted = server.submit(work);
        } finally {
            if (!submitted) {
                share().give(work.bytes()); // also when there was no memory for a thread
            }
        }
        if (!submitted) {
            frames().send(new Frame(id, new Message.Failed(Failure.REJECTED)));
            return;
        }
        open.put(id, work);
        if (work.hasDeadline()) {
            times.sooner(work.deadlineNanos());
        }
    }

    /** Answers before the work is done; what comes of it is wiped. */
    private void giveUp(KeyWork work, Failure failure) {
        open.remove(work.id);
        work.abandon();
        frames().send(new Frame(work.id, new Message.Failed(failure)));
    }

    /** Work has left the pool. */
    void finished(KeyWork work, long now) {
        try {
            share().give(work.bytes());
            if (!ended && open.remove(work.id, work)) {
                times.used(now);
                frames().send(new Frame(work.id, work.outcome().answer()));
            }
        } finally {
            work.outcome().wipe();
        }
    }

    /** The earliest time at which {@link #checkTimes} may have something to do. */
    long earliest() {
        return times.earliest();
    }

    /** Whether something came of it: then there is output. */
    boolean checkTimes(long now) {
        if (ended || !times.isDue(now)) {
            return false;
        }
        if (!greeted || times.isStalled(queuedBytes(), now) || hasLostRights()) {
            end(); // a client without rights that sends nothing has no frame at which that would be seen
            return false;
        }
        times.looked(now);
        for (KeyWork work : List.copyOf(open.values())) {
            if (work.isDue(now)) {
                giveUp(work, Failure.TIMED_OUT);
            } else if (work.hasDeadline()) {
                times.sooner(work.deadlineNanos());
            }
        }
        return true;
    }

    private void close() {
        try {
            if (made != null) {
                made.close();
            }
        } finally { // the first may need memory, which the second does not
            try {
                key.channel().close();
            } catch (IOException e) {
                // The descriptor is gone either way.
            }
        }
    }

    /** Ends, because another connection needs the place more. */
    void makeRoom() {
        server.warn("closed a connection of " + where() + " that was idle for longest: another needs its place");
        end();
    }

    /** Closes the connection and cancels what is open. First gives its place back, which cannot fail. */
    void end() {
        if (ended) {
            return;
        }
        ended = true;
        places.leave(this, share);
        server.forget(this);
        try {
            open.values().forEach(KeyWork::abandon);
            open.clear();
            key.cancel();
        } finally {
            close();
        }
    }
}
