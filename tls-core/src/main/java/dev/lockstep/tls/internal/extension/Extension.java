package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;

/**
 * One extension of a hello message, RFC 5246 7.4.1.4.
 *
 * <pre>
 * struct {
 *     ExtensionType extension_type;              // uint16
 *     opaque        extension_data&lt;0..2^16-1&gt;;  // the body: what each record here describes
 * } Extension;
 * </pre>
 *
 * <p>Each kind has a {@code parse} that reads the body of the ClientHello form to its end; where the ServerHello form
 * differs there is a {@code parseServerHello} too. Arrays held by these records are neither copied nor changed.
 */
public sealed interface Extension
        permits ServerName,
                MaxFragmentLength,
                StatusRequest,
                SupportedGroups,
                EcPointFormats,
                SignatureAlgorithms,
                SignatureAlgorithmsCert,
                ApplicationProtocols,
                SignedCertificateTimestamps,
                Padding,
                EncryptThenMac,
                ExtendedMasterSecret,
                RecordSizeLimit,
                SessionTicket,
                RenegotiationInfo {

    /** Returns the number under which this extension is registered. */
    ExtensionType type();

    /** Writes {@code extension_data} without its length. */
    void encodeBody(WireWriter out);
}
