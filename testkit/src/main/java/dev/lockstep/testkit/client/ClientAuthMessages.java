package dev.lockstep.testkit.client;

import dev.lockstep.testkit.certificate.SchemeSignatures;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** What a client sends to show who it is, honest messages first. */
public final class ClientAuthMessages {

    private static final int CERTIFICATE = 11;
    private static final int CERTIFICATE_VERIFY = 15;

    private ClientAuthMessages() {}

    /** The identity's certificate and its issuer's. */
    public static ClientMessage certificate(TestIdentity identity) {
        return certificate(identity.chain());
    }

    /** The Certificate message with this chain. */
    public static ClientMessage certificate(List<X509Certificate> chain) {
        return certificateBody(Bytes.vector(3, list(chain)));
    }

    /** The certificate_list is empty: the client has none. */
    public static ClientMessage noCertificate() {
        return certificate(List.of());
    }

    /** Signed with the identity's key and a scheme for it that is always asked for. */
    public static ClientMessage certificateVerify(TestIdentity identity) {
        return certificateVerify(defaultScheme(identity), identity);
    }

    /** Signed with the identity's key in this scheme. */
    public static ClientMessage certificateVerify(SignatureScheme scheme, TestIdentity identity) {
        return certificateVerify(scheme, scheme.code(), identity.privateKey(), messages -> messages, bytes -> bytes);
    }

    // ---- and what it should not

    /** A Certificate with any body. */
    public static ClientMessage certificateBody(byte[] body) {
        return client -> client.handshake(CERTIFICATE, body);
    }

    /** Anything DER or not in the place of certificates. */
    public static ClientMessage certificatesOf(byte[]... encoded) {
        List<byte[]> parts = new ArrayList<>();
        for (byte[] each : encoded) {
            parts.add(Bytes.vector(3, each));
        }
        return certificateBody(Bytes.vector(3, Bytes.concat(parts.toArray(byte[][]::new))));
    }

    /**
     * A CertificateVerify with anything about it changed.
     *
     * @param scheme how it is signed
     * @param code what it says how it is signed
     * @param messages changes what is signed: the client's transcript
     * @param body changes the body
     */
    public static ClientMessage certificateVerify(
            SignatureScheme scheme,
            int code,
            PrivateKey key,
            UnaryOperator<byte[]> messages,
            UnaryOperator<byte[]> body) {
        return client -> {
            byte[] signature = SchemeSignatures.sign(scheme, key, messages.apply(client.transcript()));
            client.handshake(CERTIFICATE_VERIFY, body.apply(Bytes.concat(Bytes.u16(code), Bytes.vector(2, signature))));
        };
    }

    /**
     * A CertificateVerify whose signature the caller makes, in a device for instance.
     *
     * @param code the scheme that it names
     * @param signer makes the signature over the messages so far
     */
    public static ClientMessage certificateVerify(int code, UnaryOperator<byte[]> signer) {
        return client ->
                certificateVerifyOf(code, signer.apply(client.transcript())).writeTo(client);
    }

    /** A CertificateVerify with any signature. */
    public static ClientMessage certificateVerifyOf(int code, byte[] signature) {
        return client ->
                client.handshake(CERTIFICATE_VERIFY, Bytes.concat(Bytes.u16(code), Bytes.vector(2, signature)));
    }

    /** A scheme that every policy has. */
    public static SignatureScheme defaultScheme(TestIdentity identity) {
        return switch (identity) {
            case RSA_PSS -> SignatureScheme.RSA_PSS_PSS_SHA256;
            case ED25519 -> SignatureScheme.ED25519;
            case ED448 -> SignatureScheme.ED448;
            default -> identity.isRsa() ? SignatureScheme.RSA_PSS_RSAE_SHA256 : SignatureScheme.ECDSA_SECP256R1_SHA256;
        };
    }

    private static byte[] list(List<X509Certificate> chain) {
        List<byte[]> parts = new ArrayList<>();
        try {
            for (X509Certificate certificate : chain) {
                parts.add(Bytes.vector(3, certificate.getEncoded()));
            }
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
        return Bytes.concat(parts.toArray(byte[][]::new));
    }
}
