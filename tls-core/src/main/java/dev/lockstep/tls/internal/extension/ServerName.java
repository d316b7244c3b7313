package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;
import dev.lockstep.tls.spec.NameType;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The name of the server the client wants to reach, RFC 6066 3-1.
 *
 * <pre>
 * struct {                                       // ClientHello form
 *     ServerName server_name_list&lt;1..2^16-1&gt;;
 * } ServerNameList;
 *
 * struct {
 *     NameType name_type;                        // uint8; host_name(0)
 *     opaque   name&lt;1..2^16-1&gt;;                 // HostName; every other type starts with a length of 16 bits too
 * } ServerName;
 *
 * struct {} ServerName;                          // ServerHello form
 * </pre>
 *
 * @param hostName the host name as it was sent, in printable ASCII; null if the list holds no host name, and in the
 *     ServerHello form
 */
public record ServerName(@Nullable String hostName) implements Extension {

    /** RFC 1035 2.3.4: names have "255 octets or less". Refused before a key is used for it. */
    private static final int MAX_HOST_NAME = 255;

    /** Returns the ServerHello form, by which a server says that it used the name; RFC 6066 3-5: it is empty. */
    public static ServerName acknowledgement() {
        return new ServerName(null);
    }

    /** Reads the ClientHello form. Names of unknown types are skipped. */
    public static ServerName parse(WireReader body) {
        WireReader list = body.vector16(1, 0xffff, "server_name_list");
        body.requireEnd("server_name");
        byte @Nullable [] name = null;
        boolean twice = false;
        while (!list.isEmpty()) {
            if (list.uint8("name_type") == NameType.HOST_NAME.code()) {
                twice |= name != null;
                // RFC 6066 11.1-2: "Implementations MUST ensure that a buffer overflow does not occur, whatever the
                // values of the length fields in server_name." The reader ends where the vector around it ends.
                name = list.opaque16(1, 0xffff, "HostName");
            } else {
                list.skipVector16(0, 0xffff, "name");
            }
        }
        if (twice) {
            // RFC 6066 3-2: "The ServerNameList MUST NOT contain more than one name of the same name_type."
            throw FatalAlert.illegalParameter("server_name: two host names");
        }
        return new ServerName(name == null ? null : ascii(name));
    }

    /** Reads the ServerHello form. */
    public static ServerName parseServerHello(WireReader body) {
        body.requireEnd("server_name");
        return acknowledgement();
    }

    /**
     * Returns the name in the form to compare: lower case, without a trailing dot; null if there is none.
     *
     * <p>RFC 6066 3 wants the name "without a trailing dot", and lets names be compared without regard to case.
     */
    public @Nullable String normalized() {
        if (hostName == null) {
            return null;
        }
        String lower = hostName.toLowerCase(Locale.ROOT);
        return lower.length() > 1 && lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    @Override
    public ExtensionType type() {
        return ExtensionType.SERVER_NAME;
    }

    @Override
    public void encodeBody(WireWriter out) {
        if (hostName == null) {
            return;
        }
        int list = out.beginVector16();
        out.uint8(NameType.HOST_NAME.code()).opaque16(hostName.getBytes(StandardCharsets.US_ASCII));
        out.endVector(list);
    }

    // RFC 6066 3: "The hostname is represented as a byte string using ASCII encoding". What does not print cannot be
    // part of a host name, and must not reach a log or a comparison that stops at NUL.
    private static String ascii(byte[] name) {
        if (name.length > MAX_HOST_NAME) {
            throw FatalAlert.illegalParameter("server_name: " + name.length + " bytes, which no host name has");
        }
        for (byte b : name) {
            if (b <= ' ' || b == 0x7f) {
                throw FatalAlert.illegalParameter("server_name: a byte that no host name has");
            }
        }
        return new String(name, StandardCharsets.US_ASCII);
    }
}
