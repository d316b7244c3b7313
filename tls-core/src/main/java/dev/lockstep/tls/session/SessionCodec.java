package dev.lockstep.tls.session;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ProtocolVersion;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Sessions as bytes, in the presentation language of RFC 5246 section 4.
 *
 * <pre>
 * struct {
 *     uint8           format;                        // 1
 *     ProtocolVersion version;                       // 3.3
 *     CipherSuite     cipher_suite;
 *     uint8           flags;                         // 1: extended_master_secret, 2: encrypt_then_mac, 4: PSK identity
 *     uint8           max_fragment_length;           // 0 to 4
 *     uint64          created_at;                    // seconds since 1970
 *     opaque          context&lt;0..32&gt;;
 *     opaque          server_name&lt;0..255&gt;;         // ASCII; empty for none
 *     opaque          psk_identity&lt;0..2^16-1&gt;;     // empty unless its flag is set
 *     ASN.1Cert       client_chain&lt;0..2^24-1&gt;;     // opaque&lt;1..2^24-1&gt; each
 *     opaque          master_secret[48];
 * } Session;
 * </pre>
 *
 * <p>Another format number is another layout: what reads the one refuses the other, so that servers of two releases can
 * share a store or a key, at the price of full handshakes.
 */
final class SessionCodec {

    private static final int FORMAT = 1;
    private static final int EXTENDED_MASTER_SECRET = 1;
    private static final int ENCRYPT_THEN_MAC = 2;
    private static final int PSK_IDENTITY = 4;
    private static final int MAX_CERTIFICATES = 64;

    private SessionCodec() {}

    static Optional<byte[]> encode(ResumableSession session) {
        byte[] pskIdentity = session.pskIdentity();
        String serverName = session.serverName();
        long createdAt = session.createdAtSeconds();
        WireWriter facts = new WireWriter(256)
                .uint8(FORMAT)
                .uint16(session.protocolVersion())
                .uint16(session.cipherSuite().code())
                .uint8((session.extendedMasterSecret() ? EXTENDED_MASTER_SECRET : 0)
                        | (session.encryptThenMac() ? ENCRYPT_THEN_MAC : 0)
                        | (pskIdentity != null ? PSK_IDENTITY : 0))
                .uint8(session.maxFragmentLength());
        for (int shift = 48; shift >= 0; shift -= 16) {
            facts.uint16((int) (createdAt >>> shift) & 0xffff);
        }
        facts.opaque8(session.context())
                .opaque8(serverName == null ? new byte[0] : serverName.getBytes(StandardCharsets.US_ASCII))
                .opaque16(pskIdentity == null ? new byte[0] : pskIdentity);
        if (!chain(session.clientChain(), facts)
                || facts.size() + ResumableSession.MASTER_SECRET_LENGTH > ResumableSession.MAX_ENCODED_LENGTH) {
            return Optional.empty();
        }
        // The secret goes into an array of its final size, never through a growing one that leaves copies behind.
        byte[] encoded = Arrays.copyOf(facts.toByteArray(), facts.size() + ResumableSession.MASTER_SECRET_LENGTH);
        byte[] secret = session.masterSecret();
        System.arraycopy(secret, 0, encoded, facts.size(), secret.length);
        Wipe.bytes(secret);
        return Optional.of(encoded);
    }

    private static boolean chain(List<X509Certificate> chain, WireWriter out) {
        if (chain.size() > MAX_CERTIFICATES) {
            return false;
        }
        try {
            int list = out.beginVector24();
            for (X509Certificate certificate : chain) {
                byte[] encoded = certificate.getEncoded();
                if (encoded.length > ResumableSession.MAX_ENCODED_LENGTH) {
                    return false;
                }
                out.opaque24(encoded);
            }
            out.endVector(list);
            return true;
        } catch (CertificateException e) {
            return false; // without an encoding it cannot travel, and the session with it
        }
    }

    static Optional<ResumableSession> decode(byte[] encoded) {
        if (encoded.length > ResumableSession.MAX_ENCODED_LENGTH) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(WireReader.of(encoded)));
        } catch (FatalAlert | CertificateException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static ResumableSession parse(WireReader in) throws CertificateException {
        require(in.uint8("format") == FORMAT, "another format");
        require(in.uint16("version") == ProtocolVersion.TLS_1_2, "another version");
        CipherSuite suite = CipherSuite.of(in.uint16("cipher_suite"));
        int flags = in.uint8("flags");
        require((flags & ~(EXTENDED_MASTER_SECRET | ENCRYPT_THEN_MAC | PSK_IDENTITY)) == 0, "unknown flags");
        int maxFragmentLength = in.uint8("max_fragment_length");
        long createdAt = 0;
        for (int i = 0; i < 4; i++) {
            createdAt = createdAt << 16 | in.uint16("created_at");
        }
        byte[] context = in.opaque8(0, ResumableSession.MAX_CONTEXT_LENGTH, "context");
        byte[] serverName = in.opaque8(0, 255, "server_name");
        byte[] pskIdentity = in.opaque16(0, 0xffff, "psk_identity");
        List<X509Certificate> chain = chain(in.vector24(0, ResumableSession.MAX_ENCODED_LENGTH, "client_chain"));
        byte[] secret = in.bytes(ResumableSession.MASTER_SECRET_LENGTH, "master_secret");
        try {
            in.requireEnd("Session");
            if (suite == null) {
                throw new IllegalArgumentException("a suite that is not known here");
            }
            boolean hasIdentity = (flags & PSK_IDENTITY) != 0;
            require(hasIdentity || pskIdentity.length == 0, "an identity without its flag");
            return ResumableSession.builder(suite, secret, createdAt)
                    .extendedMasterSecret((flags & EXTENDED_MASTER_SECRET) != 0)
                    .encryptThenMac((flags & ENCRYPT_THEN_MAC) != 0)
                    .maxFragmentLength(maxFragmentLength)
                    .serverName(serverName.length == 0 ? null : new String(serverName, StandardCharsets.ISO_8859_1))
                    .pskIdentity(hasIdentity ? pskIdentity : null)
                    .clientChain(chain)
                    .context(context)
                    .build();
        } finally {
            Wipe.bytes(secret);
        }
    }

    private static List<X509Certificate> chain(WireReader list) throws CertificateException {
        if (list.isEmpty()) {
            return List.of();
        }
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> chain = new ArrayList<>();
        while (!list.isEmpty()) {
            require(chain.size() < MAX_CERTIFICATES, "too many certificates");
            byte[] der = list.opaque24(1, ResumableSession.MAX_ENCODED_LENGTH, "certificate");
            X509Certificate certificate = (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
            // The factory reads PEM too, and does not look at what follows the certificate.
            require(Arrays.equals(certificate.getEncoded(), der), "not the encoding of a certificate");
            chain.add(certificate);
        }
        return chain;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
