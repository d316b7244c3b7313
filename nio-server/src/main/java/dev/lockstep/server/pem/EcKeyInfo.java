package dev.lockstep.server.pem;

import java.io.IOException;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.jspecify.annotations.Nullable;

/** EC private keys in the one form that the JDK takes: the curve by name, and nothing but the scalar. */
final class EcKeyInfo {

    private static final List<String> CURVES = List.of("secp256r1", "secp384r1", "secp521r1");

    private EcKeyInfo() {}

    /**
     * Puts a key into that form.
     *
     * @param info with or without the optional parts of RFC 5915 section 3, its curve named, written out or left out
     * @param block the "EC PARAMETERS" that stood before the key, or null; they count when the key names no curve
     * @throws IOException when the key is empty or its curve unknown
     */
    static PrivateKeyInfo plain(PrivateKeyInfo info, @Nullable ASN1Encodable block) throws IOException {
        ECPrivateKey key = ECPrivateKey.getInstance(info.parsePrivateKey());
        if (key == null) { // bcprov's answer to an empty OCTET STRING
            throw new IOException("the key is empty");
        }
        ASN1Encodable curve = curveOf(info, key, block);
        int orderBits = key.getPrivateKey().getOctets().length * 8;
        return new PrivateKeyInfo(
                new AlgorithmIdentifier(info.getPrivateKeyAlgorithm().getAlgorithm(), named(curve)),
                new ECPrivateKey(orderBits, key.getKey()));
    }

    /** The name of a curve that TLS 1.2 has no use for here, in brackets for a message; nothing for all others. */
    static String curve(PrivateKeyInfo info, @Nullable ASN1Encodable block) {
        try {
            ASN1Encodable curve = curveOf(info, ECPrivateKey.getInstance(info.parsePrivateKey()), block);
            if (!(curve instanceof ASN1ObjectIdentifier oid) || isServed(oid)) {
                return "";
            }
            String name = ECNamedCurveTable.getName(oid);
            return name == null ? "" : " (on the curve " + name + ")";
        } catch (IOException | RuntimeException e) { // a boundary: bcprov's decoders fail in many ways
            return "";
        }
    }

    private static boolean isServed(ASN1ObjectIdentifier curve) {
        return CURVES.stream().anyMatch(known -> curve.equals(ECNamedCurveTable.getOID(known)));
    }

    private static @Nullable ASN1Encodable curveOf(
            PrivateKeyInfo info, ECPrivateKey key, @Nullable ASN1Encodable block) {
        ASN1Encodable curve = info.getPrivateKeyAlgorithm().getParameters();
        if (curve == null) {
            curve = key.getParametersObject() != null ? key.getParametersObject() : block;
        }
        return curve == null ? null : curve.toASN1Primitive(); // out of bcprov's wrapper, X962Parameters
    }

    /** RFC 8422 5.4 leaves named curves only; one that is written out is still the same curve. */
    private static ASN1ObjectIdentifier named(@Nullable ASN1Encodable curve) throws IOException {
        if (curve instanceof ASN1ObjectIdentifier name && isServed(name)) {
            return name;
        }
        if (curve instanceof X9ECParameters || curve instanceof ASN1Sequence) {
            X9ECParameters given = X9ECParameters.getInstance(curve);
            for (String name : CURVES) {
                X9ECParameters known = ECNamedCurveTable.getByName(name);
                if (known.getN().equals(given.getN())
                        && known.getCurve().equals(given.getCurve())
                        && known.getG().equals(given.getG())) {
                    return ECNamedCurveTable.getOID(name);
                }
            }
        }
        throw new IOException("no curve that is known");
    }
}
