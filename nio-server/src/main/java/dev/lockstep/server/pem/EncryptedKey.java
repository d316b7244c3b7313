package dev.lockstep.server.pem;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.CipherInputStream;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.util.DigestFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.DefaultSecretKeySizeProvider;
import org.bouncycastle.operator.InputDecryptor;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;

/**
 * Keys in PKCS#8 under a password. OpenSSL derives from the bytes that a terminal or a file gave it, whatever letters they
 * stand for: a password beyond ASCII is tried in UTF-8 and then in Latin-1.
 */
final class EncryptedKey {

    private EncryptedKey() {}

    /**
     * Decrypts a key.
     *
     * @throws IOException when it does not open in either way, or is encrypted in an unknown one
     */
    static PrivateKeyInfo open(byte[] encoded, char[] password) throws IOException {
        PKCS8EncryptedPrivateKeyInfo key = new PKCS8EncryptedPrivateKeyInfo(encoded);
        // The provider object serves these calls; it is not registered with the JVM.
        BouncyCastleProvider provider = new BouncyCastleProvider();
        try {
            return decrypt(
                    key,
                    new JcePKCSPBEInputDecryptorProviderBuilder()
                            .setProvider(provider)
                            .build(password));
        } catch (IOException e) {
            if (!isLatinBeyondAscii(password)) {
                throw e;
            }
            byte[] bytes = latin1(password);
            try {
                return decrypt(key, algorithm -> pbes2(algorithm, bytes, provider));
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
        }
    }

    private static PrivateKeyInfo decrypt(PKCS8EncryptedPrivateKeyInfo key, InputDecryptorProvider decryptor)
            throws IOException {
        try {
            PrivateKeyInfo info = key.decryptPrivateKeyInfo(decryptor);
            info.parsePrivateKey(); // what a wrong password gives may begin like a key
            return info;
        } catch (PKCSException | RuntimeException e) { // a boundary: wrong passwords show in many ways
            throw new IOException("it does not open", e);
        }
    }

    private static boolean isLatinBeyondAscii(char[] password) {
        boolean beyond = false;
        for (char c : password) {
            if (c > 0xFF) {
                return false;
            }
            beyond |= c > 0x7F;
        }
        return beyond;
    }

    /**
     * PBES2 with PBKDF2 (RFC 8018 6.2), what OpenSSL writes, with the bytes of a password: bcpkix takes it as text and so in
     * UTF-8 alone, and does not take an empty one.
     */
    static InputDecryptor pbes2(AlgorithmIdentifier algorithm, byte[] password, BouncyCastleProvider provider)
            throws OperatorCreationException {
        if (!algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)) {
            throw new OperatorCreationException("not PBES2");
        }
        PBES2Parameters parameters = PBES2Parameters.getInstance(algorithm.getParameters());
        if (!parameters.getKeyDerivationFunc().getAlgorithm().equals(PKCSObjectIdentifiers.id_PBKDF2)) {
            throw new OperatorCreationException("not PBKDF2");
        }
        AlgorithmIdentifier scheme = new AlgorithmIdentifier(
                parameters.getEncryptionScheme().getAlgorithm(),
                parameters.getEncryptionScheme().getParameters());
        try {
            java.security.AlgorithmParameters iv = java.security.AlgorithmParameters.getInstance(
                    scheme.getAlgorithm().getId(), provider);
            iv.init(scheme.getParameters().toASN1Primitive().getEncoded());
            Cipher cipher = Cipher.getInstance(scheme.getAlgorithm().getId(), provider);
            byte[] key = derive(
                    PBKDF2Params.getInstance(parameters.getKeyDerivationFunc().getParameters()),
                    password,
                    DefaultSecretKeySizeProvider.INSTANCE.getKeySize(scheme));
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "PBES2"), iv);
            Arrays.fill(key, (byte) 0);
            return new InputDecryptor() {
                @Override
                public AlgorithmIdentifier getAlgorithmIdentifier() {
                    return algorithm;
                }

                @Override
                public InputStream getInputStream(InputStream in) {
                    return new CipherInputStream(in, cipher);
                }
            };
        } catch (GeneralSecurityException | IOException e) {
            throw new OperatorCreationException("not usable: " + e.getMessage(), e);
        }
    }

    private static byte[] derive(PBKDF2Params parameters, byte[] password, int bits) throws IOException {
        PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(
                hash(parameters.getPrf().getAlgorithm().getId()));
        generator.init(
                password, parameters.getSalt(), parameters.getIterationCount().intValueExact());
        return ((KeyParameter) generator.generateDerivedMacParameters(bits)).getKey();
    }

    private static Digest hash(String prf) throws IOException {
        return switch (prf) { // RFC 8018 B.1.2
            case "1.2.840.113549.2.7" -> DigestFactory.createSHA1();
            case "1.2.840.113549.2.8" -> DigestFactory.createSHA224();
            case "1.2.840.113549.2.9" -> DigestFactory.createSHA256();
            case "1.2.840.113549.2.10" -> DigestFactory.createSHA384();
            case "1.2.840.113549.2.11" -> DigestFactory.createSHA512();
            default -> throw new IOException("an unknown function " + prf);
        };
    }

    private static byte[] latin1(char[] password) {
        byte[] bytes = new byte[password.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) password[i];
        }
        return bytes;
    }
}
