package dev.lockstep.jsse.engine;

import dev.lockstep.jsse.engine.WaitRoom.Stage;
import dev.lockstep.tls.ConnectionInfo;
import java.util.Objects;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.jspecify.annotations.Nullable;

/**
 * What a connection had reached at a moment, for threads that ask while another one moves it. Immutable: who asks waits for no
 * lock, and so for no key.
 *
 * @param facts which {@link Fact}s hold: as bits, since each record asks
 * @param handshakes how many handshakes are over
 * @param info what was negotiated; null before ServerHello
 * @param handshakeInfo what the handshake has negotiated that is under way, or whose last bytes are; null before its ServerHello
 */
public record Standing(
        int facts,
        int handshakes,
        @Nullable ConnectionInfo info,
        @Nullable ConnectionInfo handshakeInfo) {

    /** Before the first call. */
    static final Standing BEGUN =
            new Standing(Fact.AWAITS_CLIENT.when(true) | Fact.HANDSHAKING.when(true), 0, null, null);

    /** What may hold of a connection. */
    enum Fact {
        /** It has failed, and the application was not told yet. */
        FAILED(1 << 0),
        CLOSED(1 << 1),
        /** It has something to write. */
        WRITES(1 << 2),
        /** It is suspended. */
        WAITS(1 << 3),
        /** The application has ended its output. */
        CLOSING(1 << 4),
        OUTBOUND_DONE(1 << 5),
        INBOUND_DONE(1 << 6),
        /** A handshake is under way, or the client was asked for one. */
        AWAITS_CLIENT(1 << 7),
        /** A handshake is under way, its last bytes included. */
        HANDSHAKING(1 << 8);

        private final int bit;

        Fact(int bit) {
            this.bit = bit;
        }

        /** Returns its bit if it holds. */
        int when(boolean holds) {
            return holds ? bit : 0;
        }
    }

    boolean is(Fact fact) {
        return (facts & fact.bit) != 0;
    }

    /** Returns whether it says just that. */
    boolean says(int newFacts, int over, @Nullable ConnectionInfo agreed, @Nullable ConnectionInfo agreedNow) {
        return facts == newFacts
                && handshakes == over
                && Objects.equals(info, agreed)
                && Objects.equals(handshakeInfo, agreedNow);
    }

    /** Returns what the server has to do next, as {@code SSLEngine.getHandshakeStatus}; asks the room what became of a wait. */
    public HandshakeStatus handshakeStatus(WaitRoom room) {
        if (is(Fact.FAILED)) {
            return HandshakeStatus.NEED_WRAP; // which throws it
        }
        boolean writes = is(Fact.WRITES);
        if (is(Fact.CLOSED)) {
            return writes ? HandshakeStatus.NEED_WRAP : HandshakeStatus.NOT_HANDSHAKING;
        }
        Stage stage = is(Fact.WAITS) ? room.stage() : Stage.NONE;
        if (stage == Stage.TASK && !writes) {
            return HandshakeStatus.NEED_TASK;
        }
        boolean outboundDone = is(Fact.OUTBOUND_DONE);
        if (stage == Stage.ANSWERED || writes || (is(Fact.CLOSING) && !outboundDone)) {
            return HandshakeStatus.NEED_WRAP;
        }
        boolean awaitsClose = outboundDone && !is(Fact.INBOUND_DONE);
        return stage == Stage.PENDING || is(Fact.AWAITS_CLIENT) || awaitsClose
                ? HandshakeStatus.NEED_UNWRAP
                : HandshakeStatus.NOT_HANDSHAKING;
    }

    public boolean isHandshaking() {
        return is(Fact.HANDSHAKING);
    }

    public boolean isInboundDone() {
        return !is(Fact.FAILED) && (is(Fact.INBOUND_DONE) || is(Fact.CLOSED));
    }

    public boolean isOutboundDone() {
        return !is(Fact.FAILED) && (is(Fact.OUTBOUND_DONE) || (is(Fact.CLOSED) && !is(Fact.WRITES)));
    }
}
