package dev.lockstep.server.pem;

import dev.lockstep.server.UsageError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.pkcs.PKCS12PfxPdu;
import org.bouncycastle.pkcs.PKCS12SafeBag;
import org.bouncycastle.pkcs.PKCS12SafeBagFactory;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCS12MacCalculatorBuilderProvider;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A key store in PKCS#12 (RFC 7292). Read bag by bag: the JDK's key store leaves out certificates that have neither a key
 * beside them nor Java's mark of trust, as {@code openssl pkcs12 -nokeys} writes them.
 */
final class Pkcs12File {

    private final List<X509Certificate> certificates = new ArrayList<>();
    private final List<PrivateKeyInfo> keys = new ArrayList<>();

    private Pkcs12File() {}

    /**
     * Opens one.
     *
     * @param password null for none: then the empty one is tried
     */
    static Pkcs12File open(String option, Path file, byte[] content, char @Nullable [] password) throws UsageError {
        char[] first = password == null ? new char[0] : password;
        try {
            PKCS12PfxPdu store = new PKCS12PfxPdu(content);
            // Programs disagree on how an empty password is encoded, and a MAC under none protects nothing.
            if (store.hasMac() && first.length > 0 && !opens(store, first)) {
                throw password == null ? noPassword(option, file) : wrongPassword(option, file);
            }
            Pkcs12File read = new Pkcs12File();
            read.readAll(store, first);
            return read;
        } catch (PKCSException e) {
            throw password == null ? noPassword(option, file) : wrongPassword(option, file);
        } catch (IOException | CertificateException | RuntimeException e) { // a boundary: decoders fail in many ways
            throw new UsageError(
                    option,
                    file + " is a PKCS#12 file that cannot be read (" + e.getMessage() + ")",
                    "write it again: openssl pkcs12 -export -in CERT -inkey KEY -out " + file);
        }
    }

    private static boolean opens(PKCS12PfxPdu store, char[] password) throws PKCSException {
        return store.isMacValid(
                new JcePKCS12MacCalculatorBuilderProvider().setProvider(new BouncyCastleProvider()), password);
    }

    private static UsageError noPassword(String option, Path file) {
        return new UsageError(option, file + " is a PKCS#12 file with a password and none was given", KeyPassword.FIX);
    }

    private static UsageError wrongPassword(String option, Path file) {
        return new UsageError(
                option,
                file + " is a PKCS#12 file that does not open with this password",
                "check --key-password-file or " + KeyPassword.VARIABLE);
    }

    private void readAll(PKCS12PfxPdu store, char[] password) throws PKCSException, IOException, CertificateException {
        BouncyCastleProvider provider = new BouncyCastleProvider();
        InputDecryptorProvider usual = new JcePKCSPBEInputDecryptorProviderBuilder()
                .setProvider(provider)
                .setTryWrongPKCS12Zero(password.length == 0)
                .build(password);
        InputDecryptorProvider decryptor =
                algorithm -> password.length == 0 && algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)
                        ? EncryptedKey.pbes2(algorithm, new byte[0], provider)
                        : usual.get(algorithm);
        for (ContentInfo info : store.getContentInfos()) {
            PKCS12SafeBagFactory bags = info.getContentType().equals(PKCSObjectIdentifiers.encryptedData)
                    ? new PKCS12SafeBagFactory(info, decryptor)
                    : new PKCS12SafeBagFactory(info);
            for (PKCS12SafeBag bag : bags.getSafeBags()) {
                take(bag, decryptor);
            }
        }
    }

    private void take(PKCS12SafeBag bag, InputDecryptorProvider decryptor)
            throws PKCSException, IOException, CertificateException {
        Object value = bag.getBagValue();
        if (value instanceof X509CertificateHolder certificate) {
            certificates.add((X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(certificate.getEncoded())));
        } else if (value instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
            keys.add(encrypted.decryptPrivateKeyInfo(decryptor));
        } else if (value instanceof PrivateKeyInfo plain) {
            keys.add(plain);
        }
    }

    /** From the leaf to its issuers. */
    List<X509Certificate> certificates() {
        return ChainOrder.sorted(certificates);
    }

    boolean hasKeys() {
        return !keys.isEmpty();
    }

    List<PrivateKeyInfo> keys() {
        return keys;
    }
}
