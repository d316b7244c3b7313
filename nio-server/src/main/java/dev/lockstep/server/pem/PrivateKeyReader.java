package dev.lockstep.server.pem;

import dev.lockstep.server.UsageError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.util.OpenSSHPrivateKeyUtil;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.jspecify.annotations.Nullable;

/** Finds the private key among the blocks of one file. */
final class PrivateKeyReader {

    /** One that was found, and where. */
    private record Candidate(PrivateKeyInfo info, String where) {}

    private final String option;
    private final Path file;
    private final Reading reading;
    private final List<Candidate> found = new ArrayList<>();
    private @Nullable ASN1Encodable ecParameters;
    private boolean sawCertificate;
    private @Nullable String other;

    PrivateKeyReader(String option, Path file, Reading reading) {
        this.option = option;
        this.file = file;
        this.reading = reading;
    }

    PrivateKey read(List<PemBlock> blocks) throws UsageError {
        for (PemBlock block : blocks) {
            take(block);
        }
        if (found.isEmpty()) {
            String cause = sawCertificate
                    ? " holds a certificate and no private key"
                    : " holds no private key" + (other == null ? "" : ", only " + other);
            throw new UsageError(option, file + cause, "give a file with -----BEGIN PRIVATE KEY----- or a kin of it");
        }
        PrivateKeyInfo first = found.get(0).info();
        for (Candidate other : found) {
            if (!other.info().getPrivateKey().equals(first.getPrivateKey())) {
                throw new UsageError(
                        option,
                        file + " holds " + found.size() + " private keys ("
                                + String.join(
                                        ", ",
                                        found.stream().map(Candidate::where).toList())
                                + ")",
                        "give each a file of its own");
            }
        }
        return decode(first);
    }

    private void take(PemBlock block) throws UsageError {
        String type = block.type();
        if (block.isEncrypted()) {
            throw new UsageError(
                    option,
                    file + " is encrypted in OpenSSL's old form (DEK-Info), whose key derivation is one round of MD5",
                    "convert it: openssl pkcs8 -topk8 -in " + file + " -out key.pem");
        }
        try {
            if (block.line() == 0) {
                takeBinary(block);
            } else if (block.isPrivateKey()) {
                add(block, keyInfo(block));
            } else if (type.equals("EC PARAMETERS")) {
                ecParameters = ASN1Primitive.fromByteArray(block.content());
            } else if (block.isCertificate() || block.isTrustedCertificate() || block.isPkcs7()) {
                sawCertificate = true;
            } else {
                other = Harmless.describe(type);
                reading.notes().accept(option + ": " + file + " " + block.where() + " is not used: " + other);
            }
        } catch (IOException
                | RuntimeException e) { // a boundary: decoders fail in many ways, and may quote what they read
            throw new UsageError(
                    option, file + " holds a damaged " + type + " (" + block.where() + ")", "export it again");
        }
    }

    private void takeBinary(PemBlock block) throws IOException, UsageError {
        switch (DerKind.valueOf(block.type())) {
            case PKCS8 -> add(block, PrivateKeyInfo.getInstance(block.content()));
            case ENCRYPTED_PKCS8 -> add(block, decrypt(block));
            case RSA_KEY -> add(block, rsa(block));
            case EC_KEY -> add(block, ec(block));
            case PKCS12 -> {
                Pkcs12File store = Pkcs12File.open(option, file, block.content(), reading.password());
                store.keys().forEach(key -> add(block, key));
                sawCertificate |= !store.certificates().isEmpty();
            }
            case CERTIFICATE, PKCS7 -> sawCertificate = true;
            case CRL, REQUEST, PUBLIC_KEY, OCSP_RESPONSE, OTHER ->
                throw new UsageError(
                        option,
                        file + " is " + DerKind.valueOf(block.type()).description() + ", not a private key",
                        "give the key's file");
        }
    }

    private void add(PemBlock block, PrivateKeyInfo info) {
        found.add(new Candidate(info, block.where()));
    }

    private PrivateKeyInfo keyInfo(PemBlock block) throws UsageError, IOException {
        return switch (block.type()) {
            case "PRIVATE KEY" -> PrivateKeyInfo.getInstance(block.content());
            case "ENCRYPTED PRIVATE KEY" -> decrypt(block);
            case "RSA PRIVATE KEY" -> rsa(block);
            case "EC PRIVATE KEY" -> ec(block);
            case "OPENSSH PRIVATE KEY" -> openSsh(block);
            case "DSA PRIVATE KEY" -> throw unusable(block, "a DSA key", "use RSA, EC, Ed25519 or Ed448");
            case "TSS2 PRIVATE KEY" ->
                throw unusable(
                        block,
                        "a key that only its TPM can use",
                        "reach it through PKCS#11 (tpm2-pkcs11): --key pkcs11:token=NAME?module-path=/path");
            default ->
                throw unusable(
                        block,
                        "a key of the unknown kind '" + block.type() + "'",
                        "convert it to PKCS#8 where it was made");
        };
    }

    private UsageError unusable(PemBlock block, String what, String fix) {
        return new UsageError(option, file + " holds " + what + " (" + block.where() + ")", fix);
    }

    private static PrivateKeyInfo rsa(PemBlock block) throws IOException {
        return new PrivateKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                org.bouncycastle.asn1.pkcs.RSAPrivateKey.getInstance(block.content()));
    }

    private static PrivateKeyInfo ec(PemBlock block) throws IOException {
        // EcKeyInfo finds the curve: inside, or in the EC PARAMETERS before the key.
        return new PrivateKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey),
                org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(block.content()));
    }

    /** PROTOCOL.key of OpenSSH: a magic, and then the name of the cipher behind its length. */
    private PrivateKeyInfo openSsh(PemBlock block) throws UsageError, IOException {
        byte[] magic = "openssh-key-v1\0\0\0\0\4none".getBytes(StandardCharsets.US_ASCII);
        byte[] content = block.content();
        if (content.length < magic.length || !Arrays.equals(content, 0, magic.length, magic, 0, magic.length)) {
            throw unusable(
                    block,
                    "an encrypted key in OpenSSH's form",
                    "convert a copy: cp " + file + " key.pem && ssh-keygen -p -m PKCS8 -f key.pem");
        }
        return PrivateKeyInfoFactory.createPrivateKeyInfo(OpenSSHPrivateKeyUtil.parsePrivateKeyBlob(content));
    }

    private PrivateKeyInfo decrypt(PemBlock block) throws UsageError {
        if (reading.password() == null) {
            throw new UsageError(option, file + " is encrypted and no password was given", KeyPassword.FIX);
        }
        try {
            return EncryptedKey.open(block.content(), reading.password());
        } catch (IOException e) {
            throw new UsageError(
                    option,
                    file + " does not open with this password",
                    "check --key-password-file or " + KeyPassword.VARIABLE);
        }
    }

    private PrivateKey decode(PrivateKeyInfo info) throws UsageError {
        ASN1ObjectIdentifier oid = info.getPrivateKeyAlgorithm().getAlgorithm();
        String algorithm = algorithm(oid);
        if (algorithm == null) {
            throw new UsageError(
                    option, file + " holds a key of an unknown kind (" + oid + ")", "use RSA, EC, Ed25519 or Ed448");
        }
        try {
            byte[] pkcs8 = (algorithm.equals("EC") ? EcKeyInfo.plain(info, ecParameters) : info).getEncoded();
            PrivateKey key = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            if (key instanceof RSAKey rsa) {
                KeySizes.requireRsa(option, file + " holds", rsa);
            }
            return key;
        } catch (GeneralSecurityException | IOException | RuntimeException e) { // a boundary, as above
            throw new UsageError(
                    option,
                    file + " holds an unusable " + algorithm + " key" + EcKeyInfo.curve(info, ecParameters),
                    "use RSA of 2048 bits or more, EC on P-256, P-384 or P-521, Ed25519 or Ed448");
        }
    }

    private static @Nullable String algorithm(ASN1ObjectIdentifier oid) {
        if (oid.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return "RSA";
        }
        if (oid.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
            return "RSASSA-PSS";
        }
        if (oid.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return "EC";
        }
        if (oid.equals(EdECObjectIdentifiers.id_Ed25519)) {
            return "Ed25519";
        }
        return oid.equals(EdECObjectIdentifiers.id_Ed448) ? "Ed448" : null;
    }
}
