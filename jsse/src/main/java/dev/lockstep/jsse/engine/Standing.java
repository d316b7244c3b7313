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
 * @param failed whether it has failed and the application was not told yet
 * @param closed whether it has ended
 * @param writes whether it has something to write
 * @param waits whether it is suspended
 * @param closing whether the application has ended its output
 * @param outboundDone whether nothing more is written
 * @param inboundDone whether nothing more is read
 * @param awaitsClient whether a handshake is under way, or the client was asked for one
 * @param handshaking whether a handshake is under way, its last bytes included
 * @param handshakes how many handshakes are over
 * @param info what was negotiated; null before ServerHello
 * @param handshakeInfo what the handshake has negotiated that is under way, or whose last bytes are; null before its ServerHello
 */
public record Standing(
        boolean failed,
        boolean closed,
        boolean writes,
        boolean waits,
        boolean closing,
        boolean outboundDone,
        boolean inboundDone,
        boolean awaitsClient,
        boolean handshaking,
        int handshakes,
        @Nullable ConnectionInfo info,
        @Nullable ConnectionInfo handshakeInfo) {

    /** Before the first call. */
    static final Standing BEGUN =
            new Standing(false, false, false, false, false, false, false, true, true, 0, null, null);

    /** Returns the standing that these say: this one if nothing has changed, so that a record makes no new one. */
    Standing or(
            boolean failed,
            boolean closed,
            boolean writes,
            boolean waits,
            boolean closing,
            boolean outboundDone,
            boolean inboundDone,
            boolean awaitsClient,
            boolean handshaking,
            int handshakes,
            @Nullable ConnectionInfo info,
            @Nullable ConnectionInfo handshakeInfo) {
        boolean same = this.failed == failed
                && this.closed == closed
                && this.writes == writes
                && this.waits == waits
                && this.closing == closing
                && this.outboundDone == outboundDone
                && this.inboundDone == inboundDone
                && this.awaitsClient == awaitsClient
                && this.handshaking == handshaking
                && this.handshakes == handshakes
                && Objects.equals(this.info, info)
                && Objects.equals(this.handshakeInfo, handshakeInfo);
        return same
                ? this
                : new Standing(
                        failed,
                        closed,
                        writes,
                        waits,
                        closing,
                        outboundDone,
                        inboundDone,
                        awaitsClient,
                        handshaking,
                        handshakes,
                        info,
                        handshakeInfo);
    }

    /** Returns what the server has to do next, as {@code SSLEngine.getHandshakeStatus}; asks the room what became of a wait. */
    public HandshakeStatus handshakeStatus(WaitRoom room) {
        if (failed) {
            return HandshakeStatus.NEED_WRAP; // which throws it
        }
        if (closed) {
            return writes ? HandshakeStatus.NEED_WRAP : HandshakeStatus.NOT_HANDSHAKING;
        }
        Stage stage = waits ? room.stage() : Stage.NONE;
        if (stage == Stage.TASK && !writes) {
            return HandshakeStatus.NEED_TASK;
        }
        if (stage == Stage.ANSWERED || writes || (closing && !outboundDone)) {
            return HandshakeStatus.NEED_WRAP;
        }
        boolean awaitsClose = outboundDone && !inboundDone;
        return stage == Stage.PENDING || awaitsClient || awaitsClose
                ? HandshakeStatus.NEED_UNWRAP
                : HandshakeStatus.NOT_HANDSHAKING;
    }

    public boolean isInboundDone() {
        return !failed && (inboundDone || closed);
    }

    public boolean isOutboundDone() {
        return !failed && (outboundDone || (closed && !writes));
    }
}
