package dev.lockstep.crypto.group;

import dev.lockstep.crypto.TestProviders;
import dev.lockstep.crypto.source.ProviderAgreement;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;

/** Ephemeral keys with a private half that is given. */
final class Scalars {
    private Scalars() {}

    static EphemeralKey key(TestProviders provider, Group group, byte[] scalar) {
        ProviderAgreement source = ProviderKey.source(group, provider.sources());
        if (source == null) {
            return group == Group.X25519 || group == Group.X448
                    ? MontgomeryKey.fromScalar(group, scalar.clone())
                    : WeierstrassKey.fromScalar(NistCurve.of(group), new BigInteger(1, scalar));
        }
        try {
            byte[] encoded = info(group, scalar).getEncoded();
            String type = group == Group.X25519 ? "XDH" : "EC";
            return ProviderKey.of(
                    group,
                    source,
                    KeyFactory.getInstance(type, provider.provider())
                            .generatePrivate(new PKCS8EncodedKeySpec(encoded)));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PrivateKeyInfo info(Group group, byte[] scalar) throws IOException {
        if (group == Group.X25519) {
            // RFC 8410 7, in the form without the public key, which not every parser takes.
            return new PrivateKeyInfo(
                    new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.3.101.110")), new DEROctetString(scalar));
        }
        ASN1ObjectIdentifier curve =
                switch (group) {
                    case SECP256R1 -> SECObjectIdentifiers.secp256r1;
                    case SECP384R1 -> SECObjectIdentifiers.secp384r1;
                    default -> SECObjectIdentifiers.secp521r1;
                };
        return PrivateKeyInfoFactory.createPrivateKeyInfo(
                new ECPrivateKeyParameters(new BigInteger(1, scalar), ECNamedDomainParameters.lookup(curve)));
    }
}
