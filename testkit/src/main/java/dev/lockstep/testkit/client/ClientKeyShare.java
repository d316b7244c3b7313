package dev.lockstep.testkit.client;

import dev.lockstep.testkit.util.Bytes;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KeyAgreement;

/**
 * The client's half of a key agreement, by the JDK's providers and BigInteger.
 *
 * @param publicValue as it goes into ClientKeyExchange, without a length
 * @param premaster the agreed secret
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ClientKeyShare(byte[] publicValue, byte[] premaster) {

    /** ECDH with the group of this IANA number. */
    static ClientKeyShare ecdhe(int group, byte[] serverPoint, SecureRandom random) {
        try {
            return switch (group) {
                case 29 -> montgomery("X25519", 32, serverPoint, random);
                case 30 -> montgomery("X448", 56, serverPoint, random);
                case 23 -> weierstrass("secp256r1", 32, serverPoint, random);
                case 24 -> weierstrass("secp384r1", 48, serverPoint, random);
                case 25 -> weierstrass("secp521r1", 66, serverPoint, random);
                default -> throw new AssertionError("the server took group " + group);
            };
        } catch (GeneralSecurityException e) {
            throw new AssertionError("the server's point is not usable", e);
        }
    }

    /** Diffie-Hellman; RFC 5246 8.1.2: leading zero bytes of the secret are stripped. */
    static ClientKeyShare dhe(BigInteger p, BigInteger g, BigInteger ys, SecureRandom random) {
        BigInteger exponent = new BigInteger(320, random).setBit(319);
        int length = (p.bitLength() + 7) / 8;
        BigInteger secret = ys.modPow(exponent, p);
        return new ClientKeyShare(
                Bytes.unsigned(g.modPow(exponent, p), length), Bytes.unsigned(secret, (secret.bitLength() + 7) / 8));
    }

    private static ClientKeyShare montgomery(String name, int length, byte[] serverPoint, SecureRandom random)
            throws GeneralSecurityException {
        if (serverPoint.length != length) {
            throw new AssertionError("a share of " + serverPoint.length + " bytes for " + name);
        }
        KeyPairGenerator generator = KeyPairGenerator.getInstance(name);
        NamedParameterSpec curve = new NamedParameterSpec(name);
        generator.initialize(curve, random);
        KeyPair own = generator.generateKeyPair();
        BigInteger u = new BigInteger(1, Bytes.reversed(serverPoint));
        PublicKey peer = KeyFactory.getInstance(name).generatePublic(new XECPublicKeySpec(curve, u));
        byte[] share = Bytes.reversed(Bytes.unsigned(((XECPublicKey) own.getPublic()).getU(), length));
        return new ClientKeyShare(share, agree("XDH", own, peer));
    }

    private static ClientKeyShare weierstrass(String name, int length, byte[] serverPoint, SecureRandom random)
            throws GeneralSecurityException {
        if (serverPoint.length != 1 + 2 * length || serverPoint[0] != 4) {
            throw new AssertionError("not an uncompressed point of " + name + ": " + Bytes.hex(serverPoint));
        }
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(name));
        ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(curve, random);
        KeyPair own = generator.generateKeyPair();
        ECPoint point = new ECPoint(
                new BigInteger(1, Bytes.slice(serverPoint, 1, length)),
                new BigInteger(1, Bytes.slice(serverPoint, 1 + length, length)));
        PublicKey peer = KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, curve));
        ECPoint w = ((ECPublicKey) own.getPublic()).getW();
        byte[] share = Bytes.concat(
                Bytes.u8(4), Bytes.unsigned(w.getAffineX(), length), Bytes.unsigned(w.getAffineY(), length));
        return new ClientKeyShare(share, agree("ECDH", own, peer));
    }

    private static byte[] agree(String algorithm, KeyPair own, PublicKey peer) throws GeneralSecurityException {
        KeyAgreement agreement = KeyAgreement.getInstance(algorithm);
        agreement.init(own.getPrivate());
        agreement.doPhase(peer, true);
        return agreement.generateSecret();
    }
}
