package dev.lockstep.server.audit;

import org.jspecify.annotations.Nullable;

/**
 * Who used a key: a process of this machine by its user id, or a client over TCP by its certificate and its address.
 *
 * @param uid user id, 0 to 4,294,967,295, or {@link #NO_UID} for a client over TCP
 * @param remote what is known of a client over TCP; null for a local process
 */
public record KeyPeer(long uid, @Nullable Remote remote) {

    /** The {@code uid} of a peer that is not a local process. */
    public static final long NO_UID = -1;

    private static final long MAX_UID = 0xFFFF_FFFFL;

    /** @throws IllegalArgumentException when {@code uid} is out of range: a defect of the caller */
    public KeyPeer {
        if (uid < NO_UID || uid > MAX_UID) {
            throw new IllegalArgumentException("uid: " + uid + " is no user id; use NO_UID for none");
        }
        if (remote != null && uid != NO_UID) {
            throw new IllegalArgumentException("uid: is given for a client over TCP; use NO_UID");
        }
    }

    /** A process of this machine. */
    public static KeyPeer local(long uid) {
        return new KeyPeer(uid, null);
    }

    /** A client over TCP. */
    public static KeyPeer remote(String address, String certificate, String names) {
        return new KeyPeer(NO_UID, new Remote(address, certificate, names));
    }

    /**
     * A client over TCP. What is longer than the log keeps is cut off, what is not printable ASCII is a question mark.
     *
     * @param address IP address and port, at most 60 characters
     * @param certificate SHA-256 of its certificate in DER, 64 lower-case hex digits
     * @param names the subject alternative names of its certificate, separated by blanks; at most 64 characters
     */
    public record Remote(String address, String certificate, String names) {

        static final int ADDRESS_LENGTH = 60;
        static final int NAMES_LENGTH = 64;

        /** @throws IllegalArgumentException when {@code certificate} is no SHA-256 in hex: a defect of the caller */
        public Remote {
            if (!Chain.isHex(certificate, Chain.LENGTH)) {
                throw new IllegalArgumentException("certificate: is no SHA-256 in lower-case hex");
            }
            address = printable(address, ADDRESS_LENGTH);
            names = printable(names, NAMES_LENGTH);
        }

        private static String printable(String text, int most) {
            StringBuilder kept = new StringBuilder(most);
            for (int i = 0; i < text.length() && kept.length() < most; i++) {
                char c = text.charAt(i);
                kept.append(c >= ' ' && c <= '~' && c != '"' && c != '\\' ? c : '?');
            }
            return kept.toString();
        }
    }
}
