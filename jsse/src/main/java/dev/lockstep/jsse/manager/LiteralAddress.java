package dev.lockstep.jsse.manager;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Addresses that are written out, in the text that servers give to engines as the name of the client's host. */
public final class LiteralAddress {

    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern V4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");

    /** What can be an address, and is never a name: the JDK looks up no text that begins so and has a colon. */
    private static final Pattern V6 = Pattern.compile("(?=.*:)[0-9a-fA-F:][0-9a-fA-F:.]{1,44}");

    private LiteralAddress() {}

    /** Returns the address; null for a name, which would have to be looked up. */
    public static @Nullable InetAddress of(@Nullable String host) {
        if (host == null) {
            return null;
        }
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String text = bracketed ? host.substring(1, host.length() - 1) : host;
        int zone = text.indexOf('%');
        if (zone >= 0) {
            text = text.substring(0, zone); // the interface does not tell clients apart
        }
        if (!V4.matcher(text).matches() && !V6.matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            return null; // too many colons, say
        }
    }
}
