package dev.lockstep.server.keyserver.policy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Addresses as certificates and operators write them, in one spelling for each sequence of bytes. */
final class AddressLiteral {

    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final String V4 = OCTET + "(\\." + OCTET + "){3}";

    /** The JDK looks no text up that has a colon and begins like this, whether it is an address or not. */
    private static final String V6 = "[0-9a-fA-F:][0-9a-fA-F:.]{1,44}";

    private AddressLiteral() {}

    /**
     * Returns the spelling that the JDK gives the subject alternative names of certificates, which is equal for equal bytes.
     * Never looks a name up. An IPv4 address in IPv6 form is the IPv4 address, as in the JDK.
     *
     * @return null for a text that is no address of IPv4 or IPv6; a zone or a network is none
     */
    static @Nullable String canonical(String text) {
        if (text.matches(V4)) {
            return text;
        }
        if (text.indexOf(':') < 0 || !text.matches(V6)) {
            return null;
        }
        try {
            return InetAddress.getByName(text).getHostAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
