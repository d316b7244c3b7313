package dev.lockstep.server.keyserver.policy;

/**
 * Whether bytes begin like the input of a signature in another protocol, whose first fields say what it is. A caller who
 * chooses the randoms of a ServerKeyExchange chooses such a beginning too, and puts the rest into fields that the other
 * protocol does not interpret, such as the nonce of an SSH certificate or an unknown TLS extension.
 *
 * <p>The randoms of an honest handshake begin like this in fewer than one case in twenty million.
 */
final class ForeignBeginning {

    /** What is looked at: all callers give more than the 64 bytes of two randoms. */
    private static final int LOOKED_AT = 64;

    private static final int CLIENT_HELLO = 1;
    private static final int TLS = 3; // the first byte of its versions, after 3.0
    private static final int LATEST_MINOR = 4;
    private static final int DTLS = 0xFE;
    private static final int IKE_V2 = 0x20;
    private static final int SHORTEST_NAME = 4;
    private static final byte[] SSHSIG = {'S', 'S', 'H', 'S', 'I', 'G'};

    private final byte[] bytes;

    private ForeignBeginning(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @param bytes at least 64 */
    static boolean isFound(byte[] bytes) {
        ForeignBeginning input = new ForeignBeginning(bytes);
        return input.isSshString()
                || input.isSshSig()
                || input.isClientHello()
                || input.isOpenPgpKey()
                || input.isIke();
    }

    private int at(int index) {
        return bytes[index] & 0xFF;
    }

    private boolean isZero(int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * A length of four bytes and a name: SSH certificates begin with their type (PROTOCOL.certkeys of OpenSSH), for example
     * {@code ssh-ed25519-cert-v01@openssh.com}. Any name counts, since types are added over time.
     */
    private boolean isSshString() {
        int length = at(3);
        if (!isZero(0, 3) || length < SHORTEST_NAME || length > LOOKED_AT - 4) {
            return false;
        }
        for (int i = 4; i < 4 + length; i++) {
            if (bytes[i] <= ' ' || bytes[i] > '~') {
                return false;
            }
        }
        return true;
    }

    /** Signatures of {@code ssh-keygen -Y sign} over files and commits (PROTOCOL.sshsig of OpenSSH). */
    private boolean isSshSig() {
        for (int i = 0; i < SSHSIG.length; i++) {
            if (bytes[i] != SSHSIG[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * A client signs all messages of the handshake, which begin with its ClientHello (RFC 5246 7.4.8): in the form of TLS, in
     * that of DTLS (RFC 6347 4.2.2: message_seq, and one fragment of the whole length) or in that of SSL 2.0 (RFC 5246 E.2).
     */
    private boolean isClientHello() {
        if (at(0) != CLIENT_HELLO) {
            return false;
        }
        boolean tls = at(1) == 0 && at(4) == TLS && at(5) <= LATEST_MINOR;
        boolean dtls = at(1) == 0 && at(4) == 0 && isZero(6, 10) && at(12) == DTLS;
        boolean ssl2 = at(1) == TLS && at(2) <= LATEST_MINOR && at(5) == 0 && at(7) == 0;
        return tls || dtls || ssl2;
    }

    /**
     * What certifies an OpenPGP key begins with that key (RFC 9580 5.2.4): an octet for the version, a length of two octets
     * for version 4 and of four for later ones, the version, four octets of time and an algorithm.
     */
    private boolean isOpenPgpKey() {
        int algorithms = 36; // of the registry, with room
        boolean v4 = at(0) == 0x99 && at(1) < 4 && at(3) == 4 && at(8) < algorithms;
        boolean later = (at(0) == 0x9A || at(0) == 0x9B) && isZero(1, 3) && at(5) == at(0) - 0x95;
        return v4 || later;
    }

    /** AUTH covers the first message (RFC 7296 2.15): two SPIs, next payload, version, exchange, flags, message ID 0, length. */
    private boolean isIke() {
        return at(17) == IKE_V2 && isZero(20, 26);
    }
}
