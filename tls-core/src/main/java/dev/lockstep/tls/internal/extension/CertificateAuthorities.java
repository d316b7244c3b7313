package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The authorities that a client names in certificate_authorities, RFC 8446 4.2.4. TLS 1.2 does not have this extension, so
 * that it is never a reason to end a handshake: one that cannot be read names none.
 *
 * <pre>
 * opaque DistinguishedName&lt;1..2^16-1&gt;;
 * struct { DistinguishedName authorities&lt;3..2^16-1&gt;; } CertificateAuthoritiesExtension;
 * </pre>
 */
public final class CertificateAuthorities {

    /** The number of the extension. */
    public static final int TYPE = 47;

    private CertificateAuthorities() {}

    /**
     * Reads the names.
     *
     * @param data the extension_data; null when there is no such extension
     */
    public static List<X500Principal> read(byte @Nullable [] data) {
        if (data == null) {
            return List.of();
        }
        List<X500Principal> names = new ArrayList<>();
        try {
            WireReader body = WireReader.of(data);
            WireReader list = body.vector16(3, 0xffff, "authorities");
            body.requireEnd("certificate_authorities");
            while (!list.isEmpty()) {
                names.add(new X500Principal(list.opaque16(1, 0xffff, "DistinguishedName")));
            }
        } catch (FatalAlert | IllegalArgumentException e) {
            return List.of(); // the client's vectors, or the DER of a name, are not what they should be
        }
        return List.copyOf(names);
    }
}
