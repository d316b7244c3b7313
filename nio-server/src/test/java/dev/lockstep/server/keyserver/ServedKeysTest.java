package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.provider.CryptoProviders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the certificates of a key say that it is for. */
class ServedKeysTest {

    private static final PublicKey PUBLIC = TestIdentity.RSA_2048.publicKey();
    private static final KeyId ID = KeyId.of(PUBLIC);

    @TempDir
    Path directory;

    private final BlockingKey key = InMemoryKey.of(TestIdentity.RSA_2048.privateKey(), new SecureRandom());
    private final TestAuthority authority = TestAuthority.root("a");
    private final X509Certificate both = authority.server(PUBLIC, "web1.example");
    private final X509Certificate signing = authority
            .order("web1", PUBLIC)
            .hosts("web1.example")
            .usage(KeyUsage.digitalSignature)
            .sign();

    private static ServedKeys none() {
        return new ServedKeys(
                new ServedKeys.Allowed(true, false, false), CryptoProviders.NONE, new ReplacementSecrets());
    }

    private boolean decrypts(X509Certificate... ofOneKey) throws Exception {
        ServedKeys keys = none();
        for (X509Certificate each : ofOneKey) {
            keys.addTokenKey("--pkcs11", key, each, "token: CN=web1", note -> {});
        }
        return keys.served().get(ID).decrypts();
    }

    private boolean decryptsInFile(X509Certificate... ofOneKey) throws Exception {
        ServedKeys keys = none();
        keys.addFile(write("key", ThrowawayCa.pem(TestIdentity.RSA_2048.privateKey())), Reading.PLAIN);
        for (X509Certificate each : ofOneKey) {
            keys.addCertificate(write("cert", ThrowawayCa.pem(each)), Reading.PLAIN, null);
        }
        return keys.served().get(ID).decrypts();
    }

    private Path write(String name, String text) throws Exception {
        return Files.writeString(directory.resolve(name), text);
    }

    @Test
    void aKeyDecryptsUnlessOneOfItsCertificatesIsForSignaturesWhicheverComesFirst() throws Exception {
        assertThat(decrypts(both)).isTrue();
        assertThat(decrypts(both, both)).isTrue();
        assertThat(decryptsInFile(both)).isTrue();
        for (List<X509Certificate> order : List.of(
                List.of(signing), List.of(both, signing), List.of(signing, both), List.of(both, signing, both))) {
            assertThat(decrypts(order.toArray(X509Certificate[]::new))).isFalse();
            assertThat(decryptsInFile(order.toArray(X509Certificate[]::new))).isFalse();
        }
    }

    @Test
    void keysThatAreAddedWithoutACertificateLiftNoRestriction() throws Exception {
        ServedKeys keys = none();
        keys.addTokenKey("--pkcs11", key, signing, "token: CN=web1", note -> {});
        ServedKeys others = none();
        assertThat(others.add("file", TestIdentity.RSA_2048.privateKey())).isEqualTo(ID);
        assertThat(others.served().get(ID).decrypts()).isTrue();
        keys.addAll(others);
        assertThat(keys.served().get(ID).decrypts()).isFalse();
    }

    /** The threads of a token are its own. */
    @Test
    void whereAKeyIsIsKeptWhateverElseItsCertificatesAndTheOperatorSay() throws Exception {
        for (boolean allowed : new boolean[] {true, false}) {
            ServedKeys keys = new ServedKeys(
                    new ServedKeys.Allowed(allowed, allowed, false), CryptoProviders.NONE, new ReplacementSecrets());
            keys.addTokenKey("--pkcs11", key, signing, "token: CN=web1", note -> {});
            KeyId inProcess = keys.add("file", TestIdentity.P256.privateKey());
            assertThat(keys.served().get(ID).isInToken()).isTrue();
            assertThat(keys.served().get(ID).signingOnly().allowingDhe().isInToken())
                    .isTrue();
            assertThat(keys.served().get(inProcess).isInToken()).isFalse();
        }
    }
}
