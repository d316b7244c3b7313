package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.config.KeyLog;
import dev.lockstep.tls.internal.secrets.KeyBlock;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import java.util.HexFormat;

/** The keys of a connection, out of a master secret that is new or that a session has kept. */
final class ConnectionKeys {

    private ConnectionKeys() {}

    /** Makes the pending states of RFC 5246 section 6.1, and tells the key log if there is one. */
    static void prepare(HandshakeContext context, MasterSecret master) {
        NegotiatedParameters negotiated = context.negotiated();
        byte[] clientRandom = negotiated.clientRandom().bytes();
        byte[] serverRandom = negotiated.serverRandom().bytes();
        KeyBlock keys = master.expand(negotiated.cipherSuite(), clientRandom, serverRandom);
        context.output().preparePendingStates(negotiated.cipherSuite(), keys, negotiated.encryptThenMac());
        keys.wipe();
        KeyLog keyLog = context.config().keyLog();
        if (keyLog != null) {
            keyLog.log("CLIENT_RANDOM " + HexFormat.of().formatHex(clientRandom) + " " + master.toKeyLogHex());
        }
    }
}
