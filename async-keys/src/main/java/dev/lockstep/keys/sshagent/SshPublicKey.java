package dev.lockstep.keys.sshagent;

import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.signature.SignatureVerifier;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECPoint;
import java.util.Arrays;
import java.util.Set;

/** A certificate's public key as ssh-agents name it, and what their signatures are in TLS. */
final class SshPublicKey {

    private static final int ED25519_LENGTH = 32;
    private static final int ED25519_SIGNATURE_LENGTH = 64;
    /** draft-miller-ssh-agent 4.5.1: SSH_AGENT_RSA_SHA2_256 and SSH_AGENT_RSA_SHA2_512. */
    private static final int FLAG_RSA_SHA2_256 = 2;

    private static final int FLAG_RSA_SHA2_512 = 4;

    private final byte[] blob;
    private final Set<SignatureScheme> schemes;
    private final String algorithm;
    /** The modulus of an RSA key, the coordinates of an EC key; in bytes. */
    private final int width;

    private SshPublicKey(byte[] blob, Set<SignatureScheme> schemes, String algorithm, int width) {
        this.blob = blob;
        this.schemes = schemes;
        this.algorithm = algorithm;
        this.width = width;
    }

    /**
     * Returns the key of {@code certificate}.
     *
     * @throws IllegalArgumentException when it is not RSA, EC on a NIST curve, or Ed25519
     */
    static SshPublicKey of(X509Certificate certificate) {
        PublicKey key = certificate.getPublicKey();
        SignatureVerifier facts = SignatureVerifier.of(key);
        if (key instanceof RSAPublicKey rsa && key.getAlgorithm().equals("RSA")) {
            // RFC 4253 6.6: string "ssh-rsa", mpint e, mpint n
            return new SshPublicKey(
                    new SshWriter()
                            .name("ssh-rsa")
                            .mpint(rsa.getPublicExponent())
                            .mpint(rsa.getModulus())
                            .bytes(),
                    Set.of(SignatureScheme.RSA_PKCS1_SHA256, SignatureScheme.RSA_PKCS1_SHA512),
                    "ssh-rsa",
                    facts.rsaModulusLength());
        }
        Group curve = facts.ecGroup();
        if (key instanceof ECPublicKey ec && curve != null) {
            // RFC 5656 6.2.1: the hash follows from the curve's size, in SSH at least
            return switch (curve) {
                case SECP256R1 -> ecdsa(ec, "nistp256", 32, SignatureScheme.ECDSA_SECP256R1_SHA256);
                case SECP384R1 -> ecdsa(ec, "nistp384", 48, SignatureScheme.ECDSA_SECP384R1_SHA384);
                case SECP521R1 -> ecdsa(ec, "nistp521", 66, SignatureScheme.ECDSA_SECP521R1_SHA512);
                default -> throw unknown(key);
            };
        }
        if (facts.supports(dev.lockstep.crypto.signature.SignatureAlgorithm.ED25519)) {
            // RFC 8410 4: the key is the end of its SubjectPublicKeyInfo. RFC 8709 4: string "ssh-ed25519", string key
            byte[] info = key.getEncoded();
            byte[] point = Arrays.copyOfRange(info, info.length - ED25519_LENGTH, info.length);
            return new SshPublicKey(
                    new SshWriter().name("ssh-ed25519").string(point).bytes(),
                    Set.of(SignatureScheme.ED25519),
                    "ssh-ed25519",
                    ED25519_LENGTH);
        }
        throw unknown(key);
    }

    private static SshPublicKey ecdsa(ECPublicKey key, String curve, int width, SignatureScheme scheme) {
        String algorithm = "ecdsa-sha2-" + curve;
        ECPoint point = key.getW();
        byte[] q = new byte[1 + 2 * width];
        q[0] = 4; // SEC 1 2.3.3: uncompressed
        System.arraycopy(fixed(point.getAffineX(), width), 0, q, 1, width);
        System.arraycopy(fixed(point.getAffineY(), width), 0, q, 1 + width, width);
        // RFC 5656 3.1: string algorithm, string curve, string Q
        byte[] blob = new SshWriter().name(algorithm).name(curve).string(q).bytes();
        return new SshPublicKey(blob, Set.of(scheme), algorithm, width);
    }

    private static IllegalArgumentException unknown(PublicKey key) {
        return new IllegalArgumentException("certificate: an ssh-agent holds no key of this kind (" + key.getAlgorithm()
                + "); use RSA, EC on P-256, P-384 or P-521, or Ed25519");
    }

    /** Returns how the agent lists it and wants it named; not a copy. */
    byte[] blob() {
        return blob;
    }

    /** Returns what an agent can make of it that TLS 1.2 has a name for. */
    Set<SignatureScheme> schemes() {
        return schemes;
    }

    /** Returns the flags of a request for {@code scheme}. */
    int flags(SignatureScheme scheme) {
        return switch (scheme) {
            case RSA_PKCS1_SHA256 -> FLAG_RSA_SHA2_256;
            case RSA_PKCS1_SHA512 -> FLAG_RSA_SHA2_512;
            default -> 0;
        };
    }

    /**
     * Returns the signature in the form of TLS.
     *
     * @param signature as the agent sent it: string algorithm, string value (RFC 4253 6.6)
     * @throws OperationException when it is of another form or algorithm
     */
    byte[] forTls(SignatureScheme scheme, byte[] signature) throws OperationException {
        SshReader in = new SshReader(signature);
        String made = in.name();
        byte[] value = in.string();
        in.end();
        String wanted =
                switch (scheme) {
                    case RSA_PKCS1_SHA256 -> "rsa-sha2-256";
                    case RSA_PKCS1_SHA512 -> "rsa-sha2-512";
                    default -> algorithm;
                };
        if (!made.equals(wanted)) {
            throw new OperationException(
                    Reason.INVALID_OUTPUT,
                    "the ssh-agent signed with another algorithm than " + wanted + "; an old one knows SHA-1 only");
        }
        return switch (scheme) {
            case RSA_PKCS1_SHA256, RSA_PKCS1_SHA512 -> padded(value);
            case ED25519 -> exactly(ED25519_SIGNATURE_LENGTH, value);
            default -> der(value);
        };
    }

    /** RFC 8332 3 lets leading zeros be dropped, RFC 8017 8.2.1 does not. */
    private byte[] padded(byte[] value) throws OperationException {
        if (value.length == 0 || value.length > width) {
            throw SshReader.malformed();
        }
        byte[] out = new byte[width];
        System.arraycopy(value, 0, out, width - value.length, value.length);
        return out;
    }

    private static byte[] exactly(int length, byte[] value) throws OperationException {
        if (value.length != length) {
            throw SshReader.malformed();
        }
        return value;
    }

    /** RFC 5656 3.1.2: mpint r, mpint s; RFC 8422 5.4 wants them as a DER Ecdsa-Sig-Value. */
    private byte[] der(byte[] value) throws OperationException {
        SshReader in = new SshReader(value);
        byte[] r = in.positive().toByteArray();
        byte[] s = in.positive().toByteArray();
        in.end();
        if (r.length > width + 1 || s.length > width + 1) {
            throw SshReader.malformed();
        }
        int body = 4 + r.length + s.length;
        SshWriter out = new SshWriter().uint8(0x30);
        if (body >= 0x80) {
            out.uint8(0x81); // P-521 needs the long form, and never more than one byte of it
        }
        out.uint8(body);
        integer(out, r);
        integer(out, s);
        return out.bytes();
    }

    private static void integer(SshWriter out, byte[] value) {
        out.uint8(2).uint8(value.length);
        for (byte b : value) {
            out.uint8(b);
        }
    }

    private static byte[] fixed(BigInteger value, int width) {
        byte[] bytes = value.toByteArray();
        byte[] out = new byte[width];
        int length = Math.min(bytes.length, width); // one more byte is the sign
        System.arraycopy(bytes, bytes.length - length, out, width - length, length);
        return out;
    }
}
